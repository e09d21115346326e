"""`pytest-qwen judge`, as a user types it: what it answers, what it says of bad lines and of agreement."""

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.cli.command_line import LOCALES, typed

JUDGE = [sys.executable, "-m", "pytest_qwen.cli.main", "judge"]


def lines(*cases):
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)


def case(output="结论：好。", trait="starts_with", args="结论：", **more):
    return {"id": 1, "output": output, "trait": trait, "args": args, **more}


def judged(folder, *cases):
    """Judge cases from standard input; return the status, the answers, and standard error."""
    status, out, err = typed(
        folder, "pytest-qwen judge -", lines(*cases).encode(errors="backslashreplace")
    )
    return status, [json.loads(line) for line in out.splitlines()], err


def test_a_line_is_answered_by_a_line(tmp_path):
    """The answer has the line's id, the verdict and the evidence, and nothing is told besides."""
    (tmp_path / "cases.jsonl").write_text(lines(case(id="a"), case("好。", id="b")), "utf-8")
    status, out, err = typed(tmp_path, "pytest-qwen judge cases.jsonl")
    assert (status, err) == (0, "")
    assert out == (
        '{"id": "a", "passed": true, "evidence": '
        '{"got": "\'结论：\' at the start", "reason": {"code": "traits.starts", "values": {"text": "结论："}}, '
        '"of": "answer", "spans": [[0, 3]]}}\n'
        '{"id": "b", "passed": false, "evidence": '
        '{"got": "\'好。\' at the start", "reason": {"code": "traits.starts", "values": {"text": "好。"}}, '
        '"of": "answer", "spans": [[0, 2]]}}\n'
    )


def test_the_order_is_kept_and_blank_lines_are_nothing(tmp_path):
    """Answers come in the order of the lines."""
    text = "\n" + lines(case(id=2)) + "  \n" + lines(case(id=1)) + "\n"
    status, out, err = typed(tmp_path, "pytest-qwen judge -", text.encode())
    assert (status, err) == (0, "")
    assert [json.loads(line)["id"] for line in out.splitlines()] == [2, 1]


def test_split_thinking_answers_the_parts(tmp_path):
    """An unclosed thought is no answer, and what the template opened need not be opened again."""
    split = {"trait": "split_thinking", "template_opens_think": True}
    outputs = ["2+2\n</think>\n\n4", "2+2", "\ud800</think>"]
    _, answers, err = judged(tmp_path, *({**split, "id": o[:1], "output": o} for o in outputs))
    assert answers == [
        {"id": "2", "passed": None, "evidence": {}, "thinking": "2+2", "answer": "4", "thinking_state": "closed"},
        {"id": "2", "passed": None, "evidence": {}, "thinking": "2+2", "answer": "", "thinking_state": "unclosed_stopped"},
        {"id": "\ud800", "passed": None, "evidence": {}, "thinking": "\ud800", "answer": "", "thinking_state": "closed"},
    ]  # fmt: skip
    assert err == ""


def test_agreement_is_the_last_line(tmp_path):
    """Each trait's answers are counted against what was expected; what was not expected is not."""
    cases = [
        case(expected=True),
        case(expected=False),
        case("好。", expected=False),
        case("好。"),
        case(trait="ends_with", args="？", expected=True),
        case("2</think>4", "split_thinking", None, expected={"answer": "4", "thinking": "2"}),
        case("2</think>4", "split_thinking", None, expected={"answer": "2"}),
        case(args=3, expected=False),
    ]
    status, answers, err = judged(tmp_path, *cases)
    assert status == 1
    assert len(answers) == len(cases)
    assert err == (
        "standard input:8: expected text as 'prefix' of starts_with, got 3: put it in quotes\n"
        "agreement: starts_with 2 of 4 (50.0%), recall 1 of 1, F1 0.667, false alarms 1 of 2, "
        "1 not judged; "
        "ends_with 0 of 1 (0.0%), recall 0 of 1, F1 0.000; split_thinking 1 of 2 (50.0%)\n"
    )


def test_disagreement_is_no_error(tmp_path):
    """The command was asked to judge, and did."""
    assert judged(tmp_path, case(expected=False))[0] == 0


def test_a_bad_line_is_told_and_the_others_are_judged(tmp_path):
    """One line on standard error has the place, what was expected and what came; every line is answered."""
    good = lines(case()).encode()
    bad = [b"{", b"\xff", b'{"id": 7, "output": "", "trait": "\\u001b[31m"}']
    text = good + b"\n".join(bad) + b"\n" + good
    status, out, err = typed(tmp_path, "pytest-qwen judge - -o out.jsonl", text)
    assert (status, out) == (1, "")
    answers = [json.loads(a) for a in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [answer["passed"] for answer in answers] == [True, None, None, None, True]
    assert [answer["id"] for answer in answers] == [1, None, None, 7, 1]
    assert answers[2]["evidence"] == {"error": "expected UTF-8 text, got invalid start byte"}
    assert [line[:64] for line in err.splitlines()] == [
        "standard input:2: expected a JSON object, got no JSON (Expecting",
        "standard input:3: expected UTF-8 text, got invalid start byte",
        r"standard input:4: expected a trait, got '\x1b[31m': use one of a",
    ]


def test_a_line_without_end_is_not_held(tmp_path):
    """Of a file that is one line of 100 MB a part is read; the next line is judged."""
    command = f"printf '{{\"id\": 1, \"output\": \"'; head -c 100000000 /dev/zero; echo; printf '%s' '{lines(case())}'"
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE) as source:
        words = ["sh", "-c", 'ulimit -v 600000; exec "$@"', "sh", *JUDGE, "-"]
        done = subprocess.run(
            words, stdin=source.stdout, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 1
    assert [json.loads(line)["passed"] for line in done.stdout.splitlines()] == [None, True]
    assert done.stderr.startswith("standard input:1: expected a JSON object, got no JSON (")


def test_lines_are_answered_while_others_are_written(tmp_path):
    """The command never waits for the end of its input before it judges."""
    many = lines(*[case(id=i) for i in range(300)]).encode()
    with subprocess.Popen([*JUDGE, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(many)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 0
        process.stdin.close()
        assert len(process.stdout.read().splitlines()) == 299
        assert process.wait(60) == 0


def test_an_output_is_replaced_as_a_whole(tmp_path):
    """`-o` may even name the input; when the input cannot be read, the old file stays."""
    path = tmp_path / "cases.jsonl"
    path.write_text(lines(case(expected=True)), "utf-8")
    status, out, err = typed(tmp_path, "pytest-qwen judge cases.jsonl -o cases.jsonl")
    assert (status, out) == (0, "")
    assert err == "agreement: starts_with 1 of 1 (100.0%), recall 1 of 1, F1 1.000\n"
    assert json.loads(path.read_text("utf-8"))["passed"] is True
    before = path.read_bytes()
    status, out, err = typed(tmp_path, "pytest-qwen judge none.jsonl -o cases.jsonl")
    assert (status, out) == (2, "")
    assert err == (
        "none.jsonl: expected a file to read, got No such file or directory: "
        "name another, or - for standard input\n"
    )
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["cases.jsonl"]


def test_a_folder_is_no_input(tmp_path):
    """What is no file of lines is told, not shown as a crash."""
    status, _, err = typed(tmp_path, "pytest-qwen judge .")
    assert status == 2
    assert err.startswith(".: expected a file to read, got Is a directory: name another")


def test_a_lone_surrogate_is_judged(tmp_path):
    """Half a character, as engines can leave it at a cut, is text like any other."""
    status, (answer,), err = judged(tmp_path, case("结论：\ud83d", id="\ud83d"))
    assert (status, answer["passed"], answer["id"], err) == (0, True, "\ud83d", "")


@pytest.mark.parametrize("locale", LOCALES)
def test_any_locale_has_the_same_bytes(tmp_path, locale):
    """Chinese is written as UTF-8, whatever the terminal's language is."""
    status, out, err = typed(
        tmp_path, "pytest-qwen judge -", lines(case()).encode(), **LOCALES[locale]
    )
    assert (status, err) == (0, "")
    assert "'结论：' at the start" in out


def test_a_reader_that_goes_away_is_no_crash(tmp_path):
    """Under `| head` nothing is said."""
    path = tmp_path / "cases.jsonl"
    path.write_text(lines(*[case(id=i) for i in range(3000)]), "utf-8")
    with subprocess.Popen(
        [*JUDGE, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 2


@pytest.mark.parametrize("n", [499, 1000])
def test_a_terminal_sees_how_far_it_is(tmp_path, n):
    """Progress is for people: it is wiped before the last line, and a short run has none."""
    path = tmp_path / "cases.jsonl"
    path.write_text(lines(*[case(id=i, expected=True) for i in range(n)]), "utf-8")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*JUDGE, path, "-o", tmp_path / "out"], stderr=theirs, timeout=60, check=True
    )
    os.close(theirs)
    said = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    shown = ["500 lines", "1,000 lines"] if n == 1000 else []
    last = f"agreement: starts_with {n} of {n} (100.0%), recall {n} of {n}, F1 1.000\r\n"
    assert said.split("\r\x1b[K") == ([""] if shown else []) + [*shown, last]


OWN = """\
from pytest_qwen import Part, Verdict, trait

@trait
def rhymes(part: Part, ending: str) -> Verdict:
    if ending == "?":
        raise LookupError("no such\\nending")
    return Verdict(part.text.endswith(ending), f"{part.text[-1:]!r} at the end")
"""


def test_own_traits_are_run_from_a_file(tmp_path):
    """`--traits conftest.py` makes its traits known; one that fails costs its own line."""
    (tmp_path / "conftest.py").write_text(OWN)
    cases = [case("春", "rhymes", "春"), case("春", "rhymes", "?"), case("春", "rhymes", ["春"])]
    status, out, err = typed(
        tmp_path, "pytest-qwen judge - --traits conftest.py", lines(*cases).encode()
    )
    assert status == 1
    assert [json.loads(line)["passed"] for line in out.splitlines()] == [True, None, None]
    assert err.splitlines() == [
        "standard input:2: expected a verdict of 'rhymes', got LookupError: no such ending: see to the trait",
        "standard input:3: expected text as 'ending' of rhymes, got ['春']",
    ]
    assert judged(tmp_path, cases[0])[0] == 1


@pytest.mark.parametrize(
    ("name", "text", "got"),
    [
        ("own.py", "import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("own.py", "def x(:", "SyntaxError: invalid syntax (own.py, line 1)"),
        ("own.py", None, "FileNotFoundError: [Errno 2] No such file or directory: "),
    ],
)  # fmt: skip
def test_a_file_of_traits_that_does_not_run_is_told(tmp_path, name, text, got):
    """Nothing is judged then: a line could be of a trait that is missing."""
    if text is not None:
        (tmp_path / name).write_text(text)
    status, out, err = typed(
        tmp_path, f"pytest-qwen judge - --traits {name}", lines(case()).encode()
    )
    assert (status, out) == (2, "")
    assert err.startswith(f"{name}: expected Python that runs, got {got}")
    assert err.count("\n") == 1


def test_help_says_what_a_line_has(tmp_path):
    """Who has forgotten a key finds it; without a file nothing is read."""
    status, out, err = typed(tmp_path, "pytest-qwen judge --help")
    assert (status, err) == (0, "")
    said = " ".join(out.split())
    for part in (
        "Judge replies that were",
        "template_opens_think",
        "- is standard input",
        "--traits FILE",
    ):
        assert part in said
    status, out, err = typed(tmp_path, "pytest-qwen judge")
    assert (status, out) == (2, "")
    assert err.startswith("pytest-qwen judge: the following arguments are required: CASES: see ")


def test_neither_torch_nor_pytest_is_imported(tmp_path):
    """Judging needs no model and no test run."""
    code = (
        "import sys; from pytest_qwen.cli.main import main; main(['judge', 'cases.jsonl']); "
        "print({'torch', 'transformers', 'pytest'} & set(sys.modules))"
    )
    traits = ["starts_with", "json", "continuation_loop", "language", "regex"]
    args = {"starts_with": "a", "language": "zh", "regex": "a"}
    (tmp_path / "cases.jsonl").write_text(
        lines(*[case(trait=t, args=args.get(t)) for t in traits]), "utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "set()"
    assert len(done.stdout.splitlines()) == len(traits) + 1
