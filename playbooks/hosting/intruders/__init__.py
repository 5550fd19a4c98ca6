"""What an intruder left on a site's host: files, rules, timetables, administrators, doors left open. Reads only."""
