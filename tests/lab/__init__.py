"""The lab: real routers, servers and clients in a world of namespaces. Start at `tests/README.md`."""
