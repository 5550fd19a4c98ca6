"""Network devices: connect, diagnose, back up, repair, restore."""

import logging

# paramiko logs a traceback for each refused algorithm; with no handler at all Python would print it to stderr.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
