"""Our backup beside what an office would write itself, over a pretended fleet, in one run. `make bench`."""
