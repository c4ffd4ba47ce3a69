#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Whether archives are sound, and what is in them: a line for each, made of what pgfilter says in JSON (docs/json.md).

    archive_health.py nightly.dump weekly.dump.gz

Exit status: 0 if all archives are sound, 1 if one of them is damaged or cannot be read.  Only the standard library is needed.
"""
import json
import subprocess
import sys


def examine(file):
    done = subprocess.run(["pgfilter", "--check", "--json", "--", file], stdout=subprocess.PIPE)
    if not done.stdout:  # it is no archive, or cannot be read: pgfilter has said so
        return None
    report = json.loads(done.stdout)
    if report["schema_version"] != 1:
        sys.exit("archive_health.py: this pgfilter speaks another version of JSON")
    return report


def line_of(file, report):
    if not report["sound"]:
        first = next(finding["message"] for finding in report["findings"] if finding["severity"] == "error")
        return "{}: DAMAGED, good up to byte {}: {}".format(file, report["good_bytes"], first)
    rows = {"{}.{}".format(block["schema"], block["name"]): block["rows"]
            for block in report["data"] if block["kind"] == "TABLE DATA"}
    counted = [number for number in rows.values() if number is not None]  # pg_dump --inserts: nobody counts them
    largest = max(rows, key=lambda name: rows[name] or 0, default="-")
    return "{}: sound, database {}, {} tables with data, {} rows, most in {}".format(
        file, report["archive"]["database"], len(rows), sum(counted), largest)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: archive_health.py ARCHIVE...")
    reports = {file: examine(file) for file in sys.argv[1:]}
    for file, report in reports.items():
        if report:
            print(line_of(file, report))
    sys.exit(0 if all(report and report["sound"] for report in reports.values()) else 1)


if __name__ == "__main__":
    main()
