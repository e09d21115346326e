"""YAML becomes ordinary pytest items: ids, marks, selection, and errors at collection."""

import pytest

THREE = """\
{base: [{thinking: absent}], instruct: [{thinking: absent}], reasoning: [{thinking: [closed, empty]}]}
"""


def test_ids_are_behavior_role_prompt(project):
    """The id is path::behavior[role-prompt], roles in order."""
    project.behavior(THREE.strip())
    result = project.run("--collect-only", "-q")
    result.stdout.fnmatch_lines(
        [
            "behaviors/says.yaml::says[[]base-zh[]]",
            "behaviors/says.yaml::says[[]instruct-zh[]]",
            "behaviors/says.yaml::says[[]reasoning-zh[]]",
        ]
    )


@pytest.mark.parametrize(
    ("arguments", "selected"),
    [
        (["-m", "reasoning"], ["reasoning"]),
        (["-m", "not base"], ["instruct", "reasoning"]),
        (["-m", "format and base"], ["base"]),
        (["-k", "instruct"], ["instruct"]),
        (["-k", "says and zh and not base"], ["instruct", "reasoning"]),
        (["behaviors/says.yaml::says[base-zh]"], ["base"]),
        (["-m", "behavior"], ["base", "instruct", "reasoning"]),
    ],
)
def test_selection(project, arguments, selected):
    """Roles and tags are marks, and `-k` sees behaviors, roles and prompts."""
    project.behavior(THREE.strip(), tags="[format]")
    result = project.run("--collect-only", "-q", *arguments)
    found = [line for line in result.outlines if "::" in line]
    assert found == [f"behaviors/says.yaml::says[{role}-zh]" for role in selected]


def test_an_unknown_mark_is_an_error(project):
    """Under `strict` a typo in `-m` cannot select an empty gate."""
    project.behavior(THREE.strip())
    result = project.run("-m", "reasonning")
    assert result.ret != 0
    result.stdout.no_fnmatch_line("* passed*")


def test_mistakes_are_collection_errors(project):
    """A wrong file is told by line and does not hide the others; nothing runs."""
    project.behavior(THREE.strip())
    project.behavior("{base: [{start_with: a}]}", name="wrong")
    result = project.run()
    result.stdout.fnmatch_lines(
        [
            "behaviors/wrong.yaml:3: expected a trait, got 'start_with': did you mean 'starts_with'[?]",
            "*1 error*",
        ]
    )
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_misspelt_first_key_is_not_overlooked(project):
    """`behaviour:` is an error, not a file that nobody reads."""
    project.write("behaviors/a.yaml", "behaviour: a\nprompts: [{id: a, text: b}]\nexpect: {}\n")
    result = project.run()
    result.stdout.fnmatch_lines(
        ["behaviors/a.yaml:1: expected a known key, got 'behaviour': did you mean 'behavior'[?]"]
    )


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffbehavior: a\n",
        '"behavior": a\n',
        "{behavior: a}\n",
        "Behavior: a\n",
        "- behavior: a\n",
        "behavior：a\n",
        "behavior: a\n".encode("utf-16"),
    ],
)
def test_every_spelling_of_a_behavior_is_read(project, text):
    """A file that looks like a behavior is never left out silently."""
    path = project.write("behaviors/a.yaml", "")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    project.run().stdout.fnmatch_lines(["behaviors/a.yaml:1: expected *"])


def test_a_name_belongs_to_one_file(project):
    """Two files with one behavior's name would share snapshots: the second is refused."""
    first = project.behavior(THREE.strip())
    project.write("behaviors/zz.yaml", "\n" + first.read_text(encoding="utf-8"))
    result = project.run()
    result.stdout.fnmatch_lines(
        ["behaviors/zz.yaml:2: expected a new name, got 'says': behaviors/says.yaml:1 has it"]
    )


def test_ids_do_not_depend_on_the_hash_seed(project, monkeypatch):
    """Every worker collects the same ids in the same order."""
    project.behavior(THREE.strip(), tags="[format]")
    found = set()
    for seed in "123":
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        found.add("\n".join(project.run("--collect-only", "-q").outlines[:3]))
    assert len(found) == 1


def test_a_crash_points_at_the_yaml(project):
    """A bug in a trait of one's own is shown with the behavior's file and line."""
    project.write(
        "conftest.py",
        "from pytest_qwen import trait\n"
        "@trait\ndef broken(part):\n    raise ZeroDivisionError('bug')\n",
    )
    project.behavior("{instruct: [broken]}")
    result = project.run()
    result.stdout.fnmatch_lines(["behaviors/says.yaml:1:*", "*ZeroDivisionError: bug*"])
    result.assert_outcomes(failed=1)


def test_collection_imports_no_torch(project):
    """`--collect-only` is quick: neither torch nor transformers is imported."""
    project.behavior(THREE.strip())
    project.write(
        "conftest.py",
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    print('heavy:', sorted({'torch', 'transformers', 'tokenizers'} & set(sys.modules)))\n",
    )
    project.run("--collect-only", cold=True).stdout.fnmatch_lines(["heavy: []"])


def test_fixtures_and_marks_of_the_project_work(project):
    """A conftest can skip or change cases like any other item."""
    project.behavior(THREE.strip())
    project.write(
        "conftest.py",
        "import pytest\n"
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        if 'base' in item.keywords:\n"
        "            item.add_marker(pytest.mark.skip(reason='not today'))\n",
    )
    project.run("-rs", "-m", "base").stdout.fnmatch_lines(["SKIPPED * not today"])
