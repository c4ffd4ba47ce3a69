# SPDX-License-Identifier: PostgreSQL
"""Completion in bash, zsh and fish, as people have it: each shell runs with the file that the build has made, keys are typed
into a terminal, and what is on the command line afterwards is compared."""
from __future__ import annotations

import fcntl
import functools
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import harness  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SHARE = Path(harness.program()).parent / "share"
BASH = SHARE / "bash-completion/completions/pgfilter"
ZSH = SHARE / "zsh/site-functions"
FISH = SHARE / "fish/vendor_completions.d/pgfilter.fish"
LOADER = Path("/usr/share/bash-completion/bash_completion")


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        harness.leave_out(f"completion in {shell} (no such program)")
        raise unittest.SkipTest(f"no {shell}")


@functools.cache
def said(*words: str) -> str:
    return subprocess.run([harness.program(), *words], capture_output=True, text=True, check=True).stdout


@functools.cache
def options() -> frozenset[str]:
    """Every name of --help=all."""
    lines = re.findall(r"(?m)^  (-\S.*?)(?:  |$)", said("--help=all"))
    return frozenset(name.partition("=")[0] for line in lines for name in line.split(", "))


@functools.cache
def with_argument() -> frozenset[str]:
    return frozenset(re.findall(r"(?m)^  (?:-.*?)?(--[a-z-]+)=(?=[A-Zc1])", said("--help=all")))


@functools.cache
def choices() -> dict[str, set[str]]:
    """Options, and all that can follow them."""
    targets = json.loads(said("--list-targets", "--json"))
    rules = {rule["name"] for rule in json.loads(said("--list-rules", "--json"))["rules"]}
    rows = re.findall(r'PGFILTER_KIND\(\d+, \w+, "(.+?)", .*, (.*)\)', (ROOT / "include/pgfilter/entry_kinds.def").read_text())
    kinds = {kind for kind, traits in rows if "session" not in traits.split(" | ")}
    objects = {f"{kind} " for kind in kinds if re.fullmatch(r"[A-Z ]+", kind)}
    topics = re.findall(r"(?m)^  ([a-z]+) ", said("--help").partition("\nTopics:")[2]) + ["all"]
    limits = re.findall(r"([a-z-]+)=\d", said("--help=guard"))
    names = {key: {target["name"] for target in targets[key]} for key in ("targets", "sources")}
    return {"--for": names["targets"], "--check-for": names["targets"], "--from": names["sources"], "-r": rules, "--rule": rules,
            "--no-kind": kinds, "--keep-kind": kinds, "--only-kinds": kinds, "--exclude": objects, "--exclude-entry": objects, "--help=": set(topics), "--section": {"pre-data", "data", "post-data"},
            "--limit": {f"{limit}=" for limit in limits}, "-F": {"c", "custom"}, "--format": {"c", "custom"},
            "--readable-by": {"9.6", *map(str, range(10, 20))}, "--archive-version": {f"1.{minor}" for minor in range(12, 17)}}


class CompletionTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = harness.scratch_file(suffix=".dir")
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "bin").mkdir(parents=True)
        (self.folder / "bin/pgfilter").symlink_to(harness.program())
        for name in ("nightly.dump", "nightly two.dump", "my.rules", "neither.txt"):
            (self.folder / name).touch()
        self.environment = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": str(self.folder), "TERM": "dumb", "LC_ALL": "C.UTF-8",
                            "XDG_DATA_DIRS": f"{SHARE}:/usr/share", "PS1": ""}


class Terminal:
    """A shell that is typed into."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, setup: str) -> None:
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execve(shutil.which(command[0]), command, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 500, 200, 0, 0))
        os.write(self.terminal, (setup + "\necho READ''Y\n").encode())
        self.read_until("READY\r\n")

    def read_until(self, mark: str) -> str:
        shown = b""
        limit = time.monotonic() + harness.TIME_LIMIT
        while mark.encode() not in shown:
            if not select.select([self.terminal], [], [], max(0.0, limit - time.monotonic()))[0]:
                raise AssertionError(f"no {mark!r} in {shown[-2000:]!r}")
            shown += os.read(self.terminal, 65536)
        return shown.decode(errors="replace")

    def type(self, keys: str) -> str:
        """What all of it has become, after a key that prints the command line."""
        os.write(self.terminal, keys.encode() + b"\x0f")
        return re.search(r"<<(.*)>>", self.read_until(">>END"))[1]

    def close(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


# What is typed before the tabulator, and what it becomes; in brackets what only some shells add.
TYPED = {
    "pgfilter --no-own": "pgfilter --no-owner ",
    "pgfilter -O --exclude-table-data-a": "pgfilter -O --exclude-table-data-and-children[=| ]",
    "pgfilter --for ne": "pgfilter --for neon ",
    "pgfilter --for=ne": "pgfilter --for=neon ",
    "pgfilter --check-for heroku --for ./my": "pgfilter --check-for heroku --for ./my.rules ",
    "pgfilter --from supabase_": "pgfilter --from supabase_to_supabase ",
    "pgfilter -r no-ow": "pgfilter -r no-owner ",
    "pgfilter -Or no-ow": "pgfilter -Or no-owner ",
    "pgfilter --no-kind EVENT\\ T": "pgfilter --no-kind EVENT\\ TRIGGER ",
    "pgfilter --no-kind 'EVENT T": "pgfilter --no-kind 'EVENT TRIGGER' ",
    "pgfilter --exclude RU": "pgfilter --exclude RULE\\ ",
    "pgfilter --section=pr": "pgfilter --section=pre-data ",
    "pgfilter --limit ent": "pgfilter --limit entries=",
    "pgfilter --limit=ent": "pgfilter --limit=entries=",
    "pgfilter --help=ro": "pgfilter --help=roles ",
    "pgfilter -R m": "pgfilter -R my.rules ",
    "pgfilter --rules=m": "pgfilter --rules=my.rules ",
    "pgfilter -O neith": "pgfilter -O neither.txt ",
    "pgfilter -O nightly\\ ": "pgfilter -O nightly\\ two.dump ",
    "pgfilter -- neith": "pgfilter -- neither.txt ",
    "pgfilter --exclude-table neith": "pgfilter --exclude-table neith",
    "pgfilter -n neith": "pgfilter -n neith",
    "pgfilter -r neith": "pgfilter -r neith",
}


class TypedTest(CompletionTest):
    def check_typed(self, terminal: Terminal) -> None:
        self.addCleanup(terminal.close)
        for keys, wanted in TYPED.items():
            with self.subTest(keys):
                pattern = re.escape(wanted).replace(r"\[=\|\ \]", "[= ]")
                self.assertRegex(terminal.type(keys + "\t"), f"^{pattern}$")
                harness.count("typed")

    def bash(self, setup: str = ":") -> Terminal:
        show = "show() { printf '<<%s>>END' \"$READLINE_LINE\"; READLINE_LINE=; }; bind -x '\"\\C-o\": show'"
        return Terminal(["bash", "--norc", "--noprofile", "-i"], self.environment, self.folder, f"source '{BASH}'; {show}; {setup}")

    def test_bash(self) -> None:
        self.check_typed(self.bash())

    def test_bash_where_equals_signs_end_no_word(self) -> None:
        """COMP_WORDBREAKS belongs to the user."""
        self.check_typed(self.bash("COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}"))

    def test_zsh(self) -> None:
        needs("zsh")
        show = "show() { print -rn -- \"<<$BUFFER>>END\"; BUFFER=; }; zle -N show; bindkey -e; bindkey '^O' show"
        setup = f"fpath=('{ZSH}' $fpath); autoload -U compinit; compinit -u -D; LISTMAX=100000; setopt no_beep; {show}"
        self.check_typed(Terminal(["zsh", "-f", "-i"], self.environment, self.folder, setup))


class OfferedTest(CompletionTest):
    """Everything that is offered, compared with what the program says of itself."""

    @staticmethod
    def lines() -> dict[str, set[str]]:
        """What is typed behind the name of the program, and what may follow."""
        behind_blank = {f"{option} ": values for option, values in choices().items() if not option.endswith("=")}
        behind_sign = {f"{option.rstrip('=')}=": values for option, values in choices().items() if option.startswith("--")}
        return {"-": set(options()), **behind_blank, **behind_sign}

    def check_offered(self, offered: dict[str, set[str]]) -> None:
        for line, wanted in self.lines().items():
            with self.subTest(line):
                self.assertEqual(offered[line], wanted)
                harness.count("values offered", len(wanted))

    def test_bash(self) -> None:
        script = [f"source '{BASH}'"]
        for line in self.lines():
            # As readline takes it apart.
            words = ["pgfilter", *re.findall(r"=|[^= ]+", line)] + ([""] if line.endswith(" ") else [])
            script.append(f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; _pgfilter")
            script.append("printf '%s\\n' \"${COMPREPLY[@]}\"; echo END")
        done = subprocess.run(["bash", "--norc", "-c", "\n".join(script)], env=self.environment, cwd=self.folder, capture_output=True,
                              text=True, timeout=harness.TIME_LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        blocks = [set(block.split("\n")[:-1]) for block in done.stdout.split("END\n")]
        self.check_offered(dict(zip(self.lines(), blocks)))

    def test_bash_loads_it_when_needed(self) -> None:
        if not LOADER.exists():
            harness.leave_out("how bash-completion finds the file (no such package)")
            self.skipTest("no bash-completion")
        script = f"source {LOADER}; _completion_loader pgfilter; complete -p pgfilter"
        done = subprocess.run(["bash", "--norc", "-c", script], env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.stdout, "complete -o bashdefault -o default -F _pgfilter pgfilter\n", done.stderr)

    def test_fish(self) -> None:
        needs("fish")
        script = "\n".join(f"complete -C {'pgfilter ' + line!r}; echo END" for line in self.lines())
        done = subprocess.run(["fish", "-c", script], env=self.environment, cwd=self.folder, capture_output=True, text=True,
                              timeout=harness.TIME_LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        files = {path.name for path in self.folder.iterdir()} | {"bin/"}
        offered = {}
        for line, block in zip(self.lines(), done.stdout.split("END\n")):
            words = {re.sub("^--help=$", "--help", word.partition("\t")[0]) for word in block.splitlines()}
            if line.endswith("="):
                words = {word.removeprefix(line) for word in words}
            if line.rstrip("= ") in ("--for", "--check-for", "--from"):
                self.assertIn("my.rules", words, line)
                words -= files
            offered[line] = words
        self.check_offered(offered)

    def test_fish_completes_files_and_quotes(self) -> None:
        needs("fish")
        wanted = {"pgfilter neith": ["neither.txt"], "pgfilter -R m": ["my.rules"], "pgfilter --exclude-table neith": [],
                  "pgfilter --no-kind 'EVENT T": ["EVENT TRIGGER"], "pgfilter -Or no-ow": ["no-owner"], "pgfilter --help neith": ["neither.txt"],
                  "pgfilter --for ./m": ["./my.rules"]}
        for line, files in wanted.items():
            done = subprocess.run(["fish", "-c", 'complete -C "$LINE"'], env={**self.environment, "LINE": line}, cwd=self.folder,
                                  capture_output=True, text=True, timeout=harness.TIME_LIMIT)
            self.assertEqual([word.partition("\t")[0] for word in done.stdout.splitlines()], files, line)
            harness.count("lines in fish")

    def test_zsh_lists_every_option_and_rule(self) -> None:
        needs("zsh")
        setup = (f"fpath=('{ZSH}' $fpath); autoload -U compinit; compinit -u -D; LISTMAX=100000; setopt no_beep; "
                 "show() { print -rn -- \">>END\"; BUFFER=; }; zle -N show; bindkey -e; bindkey '^O' show")
        terminal = Terminal(["zsh", "-f", "-i"], self.environment, self.folder, setup)
        self.addCleanup(terminal.close)

        def listed(keys: str) -> str:
            os.write(terminal.terminal, keys.encode() + b"\t\t\x0f")
            return terminal.read_until(">>END")

        found = set(re.findall(r"(?<!\S)--?[a-zA-Z?][a-z-]*", listed("pgfilter -")))
        self.assertEqual(found & options(), options())
        for option, values in choices().items():
            shown = listed(f"pgfilter {option.rstrip('=')}=" if option.startswith("--") else f"pgfilter {option} ")
            for value in values:
                self.assertRegex(shown, rf"(?<![^\s'=]){re.escape(value.strip())}(?![\w-])", option)
                harness.count("values listed by zsh")


class TruthTest(unittest.TestCase):
    def test_what_is_offered_is_taken(self) -> None:
        """By the program itself; most rules need arguments, and all of --list-rules are known."""
        once = ("--for", "--check-for", "-F", "--format", "--help=", "--readable-by", "--archive-version")
        for option, values in choices().items():
            if option in ("-r", "--rule"):
                continue
            texts = [f"{value}1" if value.endswith("=") else f"{value}*" if value.endswith(" ") else value for value in values]
            words = [[f"{option}{text}"] if option.endswith("=") else [option, text] for text in texts]
            for line in words if option in once else [sum(words, [])]:
                done = harness.run([*line, "--print-rules"])
                self.assertEqual(done.status, 0, done)
            harness.count("values taken", len(values))

    def test_every_choice_of_the_table(self) -> None:
        """An option with an argument of few values is among those that are tested here."""
        free = re.compile(r"(?m)^  (?:-.*?)?(--[a-z-]+)=(?:FILENAME|FILE|NAME|NAME\(args\)|PATTERN|OLD=NEW|ROLE)(?=,|$| )")
        text = set(free.findall(said("--help=all")))
        self.assertGreater(len(text), 40)
        self.assertEqual(with_argument() - text, {option for option in choices() if option.startswith("--") and not option.endswith("=")})


if __name__ == "__main__":
    harness.main()
