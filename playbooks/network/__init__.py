"""Network devices: connect, diagnose, back up, repair, restore."""

import logging

# paramiko logs a traceback for each peer it cannot agree with; callers get a TargetError that says the same in a line.
logging.getLogger("paramiko.transport").setLevel(logging.CRITICAL)
