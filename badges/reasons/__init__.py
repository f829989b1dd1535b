"""Why a check did not pass, in plain English and Spanish, by code.

The library's own words for it, with places and numbers, are for those who mend files: they stay in the
finding's evidence.
"""

from __future__ import annotations

from badges.reasons.of_others import OF_OTHERS
from badges.reasons.of_the_badge import OF_THE_BADGE

# code -> (English, Spanish)
REASONS = OF_THE_BADGE | OF_OTHERS
