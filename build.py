#!/usr/bin/env python3
"""The one command of this project: run, build, test, check, bench. Needs Python 3.11 or newer and pip, nothing else.

python3 build.py run       build the page, serve it on this computer, open the browser
python3 build.py test      prepare everything the tests need, run all of them
python3 build.py build     only write dist/
python3 build.py check     linters, type checkers, generated files
python3 build.py bench     the speed and memory budgets, as ratios
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(f"Scanfolio needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

from tools.build.command import main

if __name__ == "__main__":
    sys.exit(main())
