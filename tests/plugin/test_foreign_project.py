"""In a project that does not use it, the plugin changes nothing but options and markers."""


def test_nothing_but_options_and_markers(pytester):
    """No file is written, no line is printed, no YAML is collected, nothing heavy is imported."""
    pytester.makepyfile(
        test_a="""
        import sys

        def test_a():
            assert not {'torch', 'transformers', 'pydantic', 'rich', 'pytest_qwen.plugin.collect'} & set(sys.modules)
        """
    )
    pytester.makefile(".yaml", settings="behavior: smooth\nspeed: 3\n")
    behaviors = pytester.mkdir("behaviors")
    (behaviors / "trainer.yaml").write_text("behaviors:\n  Agent: {trainer_type: ppo}\n")
    result = pytester.runpytest_subprocess("-v")
    result.assert_outcomes(passed=1)
    assert not [
        line
        for line in result.outlines
        if "qwen" in line and not line.startswith(("plugins:", "metadata:"))
    ]
    assert not (pytester.path / ".qwen").exists()
    assert not (pytester.path / "snapshots").exists()


def test_fixtures_of_the_project_win(pytester):
    """A project's own fixture called `replies` is not disturbed."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def replies():
            return 3

        def test_a(replies):
            assert replies == 3
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_marker_of_the_project_is_its_own(pytester):
    """A marker called `behavior` on tests that ask for no reply means what the project says."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.behavior(feature="login")
        def test_a():
            pass
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_folder_above_the_project_does_not_matter(pytester):
    """Only folders of the project called `behaviors` are searched."""
    root = pytester.mkdir("behaviors")
    (root / "pytest.ini").write_text("[pytest]\n")
    (root / "settings.yaml").write_text("behavior: smooth\n")
    (root / "test_a.py").write_text("def test_a():\n    pass\n")
    pytester.runpytest_subprocess("--rootdir", root, root).assert_outcomes(passed=1)


def test_without_cache_and_snapshots(pytester):
    """Other plugins may be switched off."""
    pytester.makepyfile("def test_a():\n    pass\n")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:syrupy")
    result.assert_outcomes(passed=1)


def test_help_documents_options_and_markers(pytester):
    """`--help` and `--markers` tell what there is."""
    result = pytester.runpytest_subprocess("--help")
    result.stdout.fnmatch_lines(
        [
            "qwen:",
            "*--qwen-family=NAME|PATH*",
            "*--qwen-model=ROLE=CHECKPOINT*",
            "*--qwen-store=DIR|off*",
        ]
    )
    result = pytester.runpytest_subprocess("--markers")
    result.stdout.fnmatch_lines(
        ["@pytest.mark.reasoning: *", "@pytest.mark.behavior(role, prompt, *"]
    )
