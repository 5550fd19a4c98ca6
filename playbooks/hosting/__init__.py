"""Websites: deploy, host, name, secure, back up, restore and check them. See README.md for what a host must offer."""
