"""What is told of this machine."""

import pytest

from pytest_qwen.engine.environment import environment, free_memory

GIB = 1 << 30


@pytest.mark.parametrize(
    ("limit", "free"),
    [(None, 8 * GIB), ("max", 8 * GIB), (f"{4 * GIB}", 2 * GIB), (f"{16 * GIB}", 8 * GIB)],
)
def test_a_container_has_what_is_left_of_its_limit(tmp_path, limit, free):
    """Files that were read count as used, and give way."""
    group = tmp_path / "sys" / "fs" / "cgroup"
    for folder in (tmp_path / "proc", group):
        folder.mkdir(parents=True)
    (tmp_path / "proc" / "meminfo").write_text(f"MemAvailable:   {8 * GIB >> 10} kB\n")
    if limit:
        (group / "memory.max").write_text(f"{limit}\n")
        (group / "memory.current").write_text(f"{3 * GIB}\n")
        (group / "memory.stat").write_text(
            f"anon 1\ninactive_file {GIB // 2}\nactive_file {GIB // 2}\n"
        )
    assert free_memory(tmp_path) == free


def test_where_nothing_is_told(tmp_path):
    """As on other systems than Linux."""
    assert free_memory(tmp_path) is None


def test_a_cap_of_its_kernels_is_another_environment(monkeypatch):
    """oneDNN then takes other ones, and texts may be others."""
    before = environment("cpu", "bfloat16")
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert str(environment("cpu", "bfloat16")) != str(before)
