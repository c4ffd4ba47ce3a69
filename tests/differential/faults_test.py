# SPDX-License-Identifier: PostgreSQL
"""Whatever call to the C library fails, at whatever moment: a message, the right exit status, and never an output that
passes for good, a target that is lost or a file left behind.  Each call of a run is let fail in turn; what is called
only because another call failed, fails too; and in the end every place in the program that calls one of the functions
has seen a failure."""
from __future__ import annotations

import errno
import os
import random
import re
import signal
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import faults  # noqa: E402
import harness  # noqa: E402
import pgdump_archive as pga  # noqa: E402
from faults import Judge, Outcome, Scenario, number  # noqa: E402

# Where there is another way than giving up.
RETRIED = ("EINTR",)
WAITED_FOR = ("EINTR", "EAGAIN")
IMPOSSIBLE = ("EINVAL", "ENOSYS", "EPERM", "EXDEV")
# FUNCTION: (errors that end the run or do no harm, errors that must not end it)
FAULTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "read": (("EIO",), WAITED_FOR),
    "pread": (("EIO",), WAITED_FOR),
    "write": (("EIO", "ENOSPC", "EPIPE"), WAITED_FOR),
    "writev": (("EIO", "ENOSPC", "EPIPE"), WAITED_FOR),
    "pwrite": (("EIO", "ENOSPC"), WAITED_FOR),
    "tee": (("ENOMEM",), WAITED_FOR + IMPOSSIBLE),
    "splice": (("ENOMEM", "EPIPE"), WAITED_FOR + IMPOSSIBLE),
    "open": (("EACCES", "EMFILE"), RETRIED),
    "__open_2": (("EACCES", "EMFILE"), RETRIED),
    "pipe2": ((), ("EMFILE",)),
    "poll": (("ENOMEM",), RETRIED),
    "close": (("EIO", "EINTR"), ()),
    "fsync": (("EIO", "ENOSPC"), RETRIED),
    "rename": (("EACCES", "EXDEV"), ()),
    "unlink": (("EACCES",), RETRIED),
    "stat": (("EACCES", "EIO"), RETRIED),
    "fstat": (("EIO",), RETRIED),
    "lstat": (("EACCES", "EIO"), RETRIED),
    "fchmod": (("EPERM",), RETRIED),
    "fchown": (("EPERM",), RETRIED),
    "flock": (("EWOULDBLOCK", "EIO"), RETRIED + ("ENOLCK", "EBADF")),
    "flistxattr": (("EIO",), ()),
    "fgetxattr": (("EIO",), ()),
    "fsetxattr": (("EPERM", "ENOSPC"), ()),
    "fremovexattr": (("EPERM",), ()),
    "fcntl": (("EPERM",), ()),
    "lseek": (("EIO",), ()),
    "isatty": ((), ("ENOTTY",)),
    "readlink": (("EIO",), ()),
    "realpath": (("EACCES",), ()),
    "getcwd": (("EACCES",), ()),
    "access": ((), ("EACCES", "EIO")),
    "newlocale": (("ENOMEM",), ("ENOENT",)),
    "iconv_open": (("EMFILE", "ENOMEM"), ()),
    "iconv": (("EBADF",), ()),
}

# Errors of the first kind that always end the run; of close(), at least one does in every run.
MUST_END = {"read", "pread", "pwrite", "fsync", "rename", "fchmod", "fchown", "lseek", "flock", "flistxattr", "fgetxattr",
             "fsetxattr", "fremovexattr", "newlocale", "iconv_open", "iconv"}

# What the program uses of the C library and no fault can reach: it neither waits nor asks the system for anything, or
# nothing can be done when it fails.
HARMLESS = set("""
    _Exit __cxa_atexit __cxa_finalize __errno_location __libc_start_main raise
    memchr memcmp memcpy memmove memset strcmp strlen isspace localeconv snprintf vsnprintf
    strtol strtold strtoll strtoul getenv getpid localtime_r mktime strftime pthread_mutex_lock pthread_mutex_unlock
    __libc_single_threaded __stack_chk_fail __vsnprintf_chk
    freelocale iconv_close nl_langinfo_l sigaction sigaddset sigemptyset signal sigprocmask strnlen
""".split())
# Of plug-ins: plugin_test has files that cannot be loaded, and such as lack the function.
LOADER = set("dlopen dlsym dlclose dlerror".split())
# What it has the C++ library call.
FILESYSTEM = {
    "read_symlink": {"lstat", "readlink"},
    "absolute": {"getcwd"},
    "weakly_canonical": {"realpath", "stat"},
    "status": {"stat"},
}
# Of CLI11, whose configuration files are not used.
UNUSED_STREAMS = {"basic_filebuf", "basic_ifstream", "__basic_file"}

CLEANUP = ("close", "unlink")
# FUNCTION in a function of the program that no scenario lets fail, and why.
EXCUSED: dict[tuple[str, str], str] = {
    ("unlink", "stop"): "the signal handler; cli_test sends signals",
    ("unlink", "give_up"): "where memory runs out in a destructor; the status is that of a failure all the same",
    ("close", "Output::open_special"): "where memory runs out after open(); its result is of no use there",
}

TINY = pga.read(harness.archive("tiny/tiny.17.file.dump").read_bytes())
LIST = b"".join(b"%d;\n" % entry.dump_id for entry in TINY.entries)
SCENARIOS = (
    Scenario("new file", ("-O", "-f", "out.dump", "in.dump")),
    Scenario("existing file", ("-O", "-f", "out.dump", "in.dump"), files=(("out.dump", faults.OLD),)),
    Scenario("existing file, not synced", ("-O", "--no-sync", "-f", "out.dump", "in.dump"),
             files=(("out.dump", faults.OLD),)),
    Scenario("file behind a link", ("-O", "-f", "link", "in.dump"), files=(("out.dump", faults.OLD),),
             links=(("link", "out.dump"),)),
    Scenario("file with attributes", ("-O", "-f", "out.dump", "in.dump"), files=(("out.dump", faults.OLD),),
             attributes=(("out.dump", "user.origin", b"x"), (".", "system.posix_acl_default", faults.FOR_ONE_USER))),
    Scenario("in place", ("-Ox", "--in-place", "in.dump")),
    Scenario("in place, with report", ("-x", "--in-place", "--report=report.json", "in.dump")),
    Scenario("offsets filled in", ("-O", "-f", "out.dump", "in.dump"), archive="tiny/tiny.17.pipe.dump"),
    Scenario("file to pipe", ("-O", "in.dump")),
    Scenario("pipe to pipe", ("-O",), inlet="pipe"),
    Scenario("pipe to pipe, data dropped", ("--no-large-objects",), inlet="pipe"),
    Scenario("pipe to pipe, large", ("-x",), archive="15/roles.fc.dump", inlet="pipe"),
    Scenario("pipe to file", ("-O", "-f", "out.dump"), inlet="pipe"),
    Scenario("redirected", ("-O",), archive="tiny/tiny.17.pipe.dump", inlet="in.dump", outlet="file"),
    Scenario("reader of a FIFO", ("-O", "-f", "fifo", "in.dump"), fifo="fifo"),
    Scenario("list", ("-l", "-v", "in.dump")),
    Scenario("list into a file", ("-l", "-f", "list", "in.dump"), files=(("list", faults.OLD),)),
    Scenario("dry run with report", ("--dry-run", "-Ox", "--report=report.json", "in.dump")),
    Scenario("needs", ("--needs", "--json", "in.dump")),
    Scenario("files of rules", ("-R", "rules", "--map-role-file=roles", "-L", "list", "-f", "out.dump", "in.dump"),
             files=(("rules", b"no-privileges\n"), ("roles", b"alice=a1\n"), ("list", LIST))),
    Scenario("names in other letters", ("--map-role-file=roles", "-f", "out.dump", "in.dump"),
             files=(("roles", "alice=\u4e2d\n".encode()),), encoding=b"BIG5"),
    Scenario("filter from standard input", ("--filter=-", "in.dump"), inlet="filter",
             files=(("filter", b"exclude table a\n"),)),
    Scenario("report without a file yet", ("-x", "--report=new.json", "-f", "new.dump", "in.dump")),
    Scenario("standard input closed", ("-O", "-f", "out.dump", "in.dump"), inlet="closed"),
    Scenario("told everything", ("-v", "-x", "in.dump")),
    Scenario("checked", ("--check", "in.dump")),
    Scenario("checked in a pipe", ("--check", "--json"), inlet="pipe"),
    Scenario("damaged, checked", ("--check", "in.dump"), damaged=True, status=1),
    Scenario("help", ("--help",)),
)
WITHOUT_MEMORY = ("existing file", "in place, with report", "pipe to pipe", "list into a file", "files of rules",
                  "names in other letters", "help")
FIRST_ALLOCATIONS = 40
MESSAGES = {errno.EPIPE: b"the reader of the output has gone", errno.EWOULDBLOCK: b"is locked by another program"}
MOST_CALLS = 40  # of one function that are let fail one by one; of the others some, at random
SEED = harness.SEED


def symbols(*options: str) -> list[str]:
    return subprocess.run(["nm", *options], capture_output=True, text=True, check=True).stdout.splitlines()


def shimmed() -> set[str]:
    return {line.split()[-1] for line in symbols("-D", "--defined-only", faults.SHIM)} - {"malloc"}


def call_sites() -> dict[tuple[str, int], str]:
    """Every place in the program that calls one of the functions: the function and the address behind the call."""
    text = subprocess.run(["objdump", "-dC", "--no-show-raw-insn", harness.program()], capture_output=True, text=True,
                          check=True).stdout
    sites, inside, called = {}, "", ""
    names = "|".join(sorted(shimmed()))
    begin = re.compile(r"^[0-9a-f]+ <(.*)>:$")
    instruction = re.compile(rf"^\s+([0-9a-f]+):\s+(\w+)\s.*?(?:<({names})@plt>)?$")
    for line in text.splitlines():
        if found := begin.match(line):
            inside, called = found[1], ""
        elif found := instruction.match(line):
            if called and not inside.endswith("@plt"):
                sites[called, int(found[1], 16)] = inside
            called = found[3] or ""
            # A jump leaves no return address in the function that it is in.
            faults.demand(not called or found[2] == "call", f"{inside} ends with a jump to {called}")
    return sites


class Explorer:
    """Lets every call of a scenario fail, and every call that is made only because of a failure."""

    def __init__(self, scenario: Scenario, covered: set, tried: set, lock: threading.Lock) -> None:
        self.scenario = scenario
        self.judge = Judge(scenario)
        self.covered = covered  # places that have failed
        self.tried = tried      # places that somebody lets fail just now
        self.lock = lock
        self.random = random.Random(f"{SEED}{scenario}")
        self.ended_by: set[str] = set()

    def explore(self) -> None:
        first: dict[str, int] = {}
        for call in self.judge.reference.calls:
            first[call.function] = first.get(call.function, 0) + 1
        for function, calls in first.items():
            for k in self.chosen(calls):
                self.fail(function, k, ())
            past = calls + 1
            while self.has_call(function, past):  # between pipes their number varies
                self.fail(function, past, ())
                past *= 2
        faults.demand("close" in self.ended_by or self.scenario.status != 0, f"{self.scenario}: close() is not checked")

    def chosen(self, calls: int) -> list[int]:
        if calls <= MOST_CALLS:
            return list(range(1, calls + 1))
        some = self.random.sample(range(MOST_CALLS // 2 + 1, calls - 2), MOST_CALLS // 2)
        return sorted({*range(1, MOST_CALLS // 2 + 1), *some, calls - 2, calls - 1, calls})

    def fail(self, function: str, k: int, earlier: tuple[str, ...]) -> None:
        fatal, survivable = FAULTS[function]
        for name in fatal + survivable:
            spec = f"{function}:{k}:{number(name)}"
            outcome = faults.run(self.scenario, *earlier, spec)
            names = [int(fault.split(":")[2]) for fault in (*earlier, spec)]
            words = [MESSAGES.get(error, os.strerror(error).encode()) for error in names]
            if errno.ENOMEM in names:
                words.append(b"out of memory")
            self.judge.judge(outcome, (*earlier, spec), words, must_succeed=name in survivable and not earlier)
            if outcome.status != 0:
                self.ended_by.add(function)
            ended = outcome.status != 0 and not self.judge.is_reference(outcome)
            faults.demand(ended or function not in MUST_END or name in survivable
                          or not outcome.failed(function), f"{self.scenario}: {spec} is ignored")
            self.follow(outcome, (*earlier, spec))
            harness.count("faults")

    def has_call(self, function: str, k: int) -> bool:
        name = (FAULTS[function][0] + FAULTS[function][1])[0]
        return bool(faults.run(self.scenario, f"{function}:{k}:{number(name)}").failed(function))

    def follow(self, outcome: Outcome, so_far: tuple[str, ...]) -> None:
        """What was called for the first time, because something failed, is let fail as well."""
        counts: dict[str, int] = {}
        todo = {}
        known = {(call.function, call.site) for call in self.judge.reference.calls}
        with self.lock:
            for call in outcome.calls:
                counts[call.function] = counts.get(call.function, 0) + 1
                place = (call.function, call.site)
                if call.failed:
                    self.covered.add(place)
                elif place not in self.covered | self.tried | known and len(so_far) < 4:
                    self.tried.add(place)
                    todo[place] = counts[call.function]
        for place, k in todo.items():
            self.fail(place[0], k, so_far)
            # Between pipes another call can be the k-th of the next run: then the place is left to a later one.
            with self.lock:
                self.tried.discard(place)


@unittest.skipUnless(faults.available(), "the program has sanitizers")
class FaultsTest(unittest.TestCase):
    def test_every_function_that_can_fail_is_known(self) -> None:
        used = {line.split()[1].split("@")[0] for line in symbols("-D", "--undefined-only", harness.program())
                if "@GLIBC_" in line}
        unknown = used - shimmed() - HARMLESS - LOADER
        self.assertEqual(unknown, set(), "add them to fault_shim.c and to FAULTS, or to HARMLESS if they cannot fail")
        self.assertEqual(shimmed() - FAULTS.keys(), set(), "no errors to choose from")
        imported = "\n".join(symbols("-DC", "--undefined-only", harness.program()))
        operations = set(re.findall(r"std::filesystem::(\w+)\(", imported))
        self.assertEqual(operations - FILESYSTEM.keys(), set(), "what do they call?")
        self.assertEqual(set().union(*FILESYSTEM.values()) - shimmed(), set())
        streams = set(re.findall(r"std::(\w*f(?:ile|stream|ilebuf))\b", imported))
        self.assertEqual(streams - UNUSED_STREAMS, set(), "streams hide failures; use descriptors")
        harness.count("functions of the C library", len(used))

    def test_every_call_in_its_turn(self) -> None:
        covered: set[tuple[str, str]] = set()
        tried: set[tuple[str, str]] = set()
        lock = threading.Lock()
        print(f"seed {SEED}", flush=True)
        harness.check_all(lambda scenario: Explorer(scenario, covered, tried, lock).explore(), SCENARIOS)
        program = os.path.basename(harness.program())
        reached = {(function, int(site.split("+")[1], 16)) for function, site in covered if site.startswith(program)}
        sites = call_sites()
        # A compiler makes several copies of a destructor.
        cleaned_up = {(function, sites.get((function, address))) for function, address in reached if function in CLEANUP}
        missing = [f"{function} in {inside} (return address {address:x})"
                   for (function, address), inside in sorted(sites.items())
                   if (function, address) not in reached and (function, inside) not in cleaned_up
                   and not any(function == name and re.search(rf"\b{place}\b", inside) for name, place in EXCUSED)]
        self.assertEqual(len(missing), 0, "no scenario makes these calls fail:\n" + "\n".join(missing))
        harness.count("places that call them", len(reached))
        of_library = set().union(*FILESYSTEM.values())
        self.assertEqual(of_library - {function for function, _ in covered}, set(), "never called by the C++ library")

    def test_memory_runs_out(self) -> None:
        """At each of the first allocations, and at some of the later ones; that one alone, and all from then on."""
        print(f"seed {SEED}", flush=True)
        harness.check_all(self.let_memory_run_out, [s for s in SCENARIOS if s.name in WITHOUT_MEMORY])

    def let_memory_run_out(self, scenario: Scenario) -> None:
        judge = Judge(scenario)
        chosen = random.Random(f"{SEED}{scenario}")
        k, failures, runs = 1, 0, 0
        while True:
            reached = False
            for when in (f"{k}", f"{k}+"):
                spec = f"malloc:{when}:{errno.ENOMEM}"
                outcome = faults.run(scenario, spec)
                if outcome.status == -signal.SIGABRT and not outcome.called_anything():
                    # CLI11 has global objects, which are made before main() could say anything.
                    self.assertEqual((outcome.out, outcome.files), (b"", judge.before), outcome)
                    self.assertLess(k, 40, outcome)
                else:
                    judge.judge(outcome, (spec,), [b"out of memory"])
                reached = reached or bool(outcome.failed("malloc"))
                failures += outcome.status != 0
                runs += 1
            if not reached:
                break
            k += 1 if k < FIRST_ALLOCATIONS else chosen.randint(1, k // 8)
            harness.count("allocations")
        self.assertGreater(failures, runs // 2, "memory was never needed")


if __name__ == "__main__":
    harness.main()
