"""`pytest-qwen validate`: errors and likely mistakes in behavior files, without running them.

$ pytest-qwen validate
behaviors/summary.yaml:14: expected a trait, got 'start_with': did you mean 'starts_with'?
1 problem in 12 files
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pytest_qwen.cli.own_traits import declare_traits, load_traits
from pytest_qwen.family.family import load_family
from pytest_qwen.family.lacking import Abilities
from pytest_qwen.files.yaml_lines import Problem, SpecError
from pytest_qwen.messages.error import CommandError
from pytest_qwen.messages.reason import LANGUAGES, Reason, in_language
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import Case, expand
from pytest_qwen.spec.comparison import Comparison
from pytest_qwen.spec.discovery import holds_behaviors, near
from pytest_qwen.spec.library import Library
from pytest_qwen.spec.lint import lint
from pytest_qwen.spec.loading import Spec, doubles, load
from pytest_qwen.spec.relate import relate
from pytest_qwen.spec.relation import Relation


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = (
        f"{parser.description} Exit status 1 if anything is. Tags are not checked: they are "
        "declared in pytest's configuration."
    )
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        default=[Path("behaviors")],
        help="YAML files, and folders of them (default: behaviors)",
    )
    parser.add_argument(
        "--family",
        metavar="NAME|PATH",
        help="also say which behaviors expect what this family's roles do not do",
    )
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        default="en",
        help="language of what is likely a mistake; errors are always in English (default: en)",
    )
    declare_traits(parser)
    parser.set_defaults(run=_validate)


def _validate(args: argparse.Namespace) -> int:
    files = behavior_files(args.paths)
    load_traits(args.traits)
    try:
        abilities = Abilities(load_family(args.family)) if args.family else None
    except SpecError as error:
        raise CommandError(str(error)) from None
    problems = list(dict.fromkeys(_problems(files, abilities)))
    for problem in sorted(problems, key=lambda problem: (problem.path, problem.line)):
        print(problem.in_language(args.lang))
    for role, why in abilities.unknown.items() if abilities else ():
        print(f"the {role} role was not looked at: {why}", file=sys.stderr)
    counts = Reason("lint.counts", problems=len(problems), files=len(files))
    print(in_language(counts, args.lang))
    return 1 if problems else 0


def behavior_files(paths: Iterable[Path]) -> list[Path]:
    """Return the behavior files that are named or lie in named folders, each once.

    Raises:
        CommandError: there is none.
    """
    paths = list(paths)
    files = list(dict.fromkeys(_files(paths)))
    if not files:
        places = ", ".join(map(str, paths))
        raise CommandError(f"{places}: expected behavior files, got none: name a file or folder")
    return files


def suite_cases(paths: Iterable[Path]) -> dict[str, list[Case]]:
    """Return what behaviors and comparisons ask, by their names.

    Raises:
        CommandError: there is no file.
        SpecError: a file is wrong.
    """
    cases: dict[str, list[Case]] = {}
    for file in behavior_files(paths):
        for name, tests in tests_in(file):
            cases[name] = []
            for test in tests:
                asked = [] if isinstance(test, Case) else test.asked
                cases[name] += [test] if isinstance(test, Case) else []
                cases[name] += [entry.cases[role] for role, entry in asked]
    return cases


def tests_in(file: Path) -> Iterator[tuple[str, Sequence[Case | Relation]]]:
    """Yield what becomes a test each, by the names of the behaviors and comparisons of a file.

    Raises:
        SpecError: the file is wrong.
    """
    for spec in _load(file):
        yield spec.name, expand(spec) if isinstance(spec, Behavior) else _relate(spec, file)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files that are named, and those in folders that declare behaviors."""
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.is_file())
            yield from sorted(file for file in inside if holds_behaviors(file, path, named=True))
        elif path.is_file():
            yield path
        else:
            raise CommandError(f"{path}: expected a file or a folder, got nothing there")


def _problems(files: Iterable[Path], abilities: Abilities | None) -> Iterator[Problem]:
    """Yield all that is wrong, as the collection would say it, and likely mistakes."""
    seen: dict[str, Spec] = {}
    for file in files:
        try:
            specs = _load(file)
        except SpecError as error:
            yield from error.problems
            continue
        yield from doubles(specs, seen)
        for spec in specs:
            try:
                if isinstance(spec, Behavior):
                    cases = expand(spec)
                    yield from lint(spec, cases)
                    yield from abilities.lacking(spec, cases) if abilities else ()
                else:
                    _relate(spec, file)
            except SpecError as error:
                yield from error.problems


def _load(file: Path) -> list[Spec]:
    return load(file, shown=str(file))


def _relate(spec: Spec, file: Path) -> list[Relation]:
    """Bind a comparison to the behaviors near it.

    Raises:
        SpecError: it names what is not there.
    """
    assert isinstance(spec, Comparison)
    here = file.resolve()
    return relate(spec, Library(near(here, Path(here.anchor)), _load))
