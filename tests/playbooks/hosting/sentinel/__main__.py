"""`python -m tests.playbooks.hosting.sentinel [SET...]`: precision and recall on labelled pages; what went wrong."""

from __future__ import annotations

import sys

from tests.playbooks.hosting.sentinel.labelled import SETS
from tests.playbooks.hosting.sentinel.measuring import measure

for name in sys.argv[1:] or SETS:
    print(f"== {name}", *measure(name).lines(), sep="\n")
