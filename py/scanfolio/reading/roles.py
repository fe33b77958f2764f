"""Series a doctor elsewhere can do without, where their own words leave no doubt: overviews, screenshots, dose sheets.

Nothing is told from names or descriptions, and nothing has a role that is all a study has.
"""

from __future__ import annotations

from scanfolio.model import Disc, Series, SopInstance, Study
from scanfolio.reading.splitting import is_capture, is_localizer

# X-Ray, Radiopharmaceutical, Patient and Enhanced X-Ray Radiation Dose SR, PS3.4 B.5
DOSE_REPORTS = frozenset(f"1.2.840.10008.5.1.4.1.1.88.{n}" for n in (67, 68, 73, 76))
FROM_A_SCREEN = ("WSD", "SYN")  # Conversion Type (C.8.6.1.1.1): of a workstation, made synthetically


def role(series: Series) -> str:
    """localizer | capture | dose, if every instance is one; else ""."""
    for name, is_one in (("localizer", is_localizer), ("capture", _is_screen_capture), ("dose", _is_dose_report)):
        if all(is_one(i) for i in series.instances):
            return name
    return ""


def roles(study: Study) -> dict[str, str]:
    """{series key: role} of what can be done without: {} where no other image would be left of the study."""
    found = {series.key: role(series) for series in study.series}
    others = [s for s in study.series if s.shows in ("image", "video") and not found[s.key]]
    return {key: name for key, name in found.items() if name} if others else {}


def roles_on(disc: Disc) -> dict[str, str]:
    """`roles` of every study."""
    studies = (study for patient in disc.patients for study in patient.studies)
    return {key: name for study in studies for key, name in roles(study).items()}


def _is_screen_capture(i: SopInstance) -> bool:
    """One picture of a screen: scanned films and papers are of the same SOP Class, but of another Conversion Type."""
    from_a_screen = i.conversion_type in FROM_A_SCREEN
    return is_capture(i) and from_a_screen and i.number_of_frames == 1 and i.image_position_mm is None


def _is_dose_report(i: SopInstance) -> bool:
    return i.sop_class_uid in DOSE_REPORTS
