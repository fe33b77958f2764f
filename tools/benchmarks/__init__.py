"""The budgets of the design, measured: `build.py bench`. Ratios taken in one run on one machine, met or not."""
