"""A family file, validated: which checkpoint plays which role, on which device.

family: qwen2.5-3b+qwen3-4b
hub: huggingface
base: {checkpoint: Qwen/Qwen2.5-3B}
instruct: {checkpoint: Qwen/Qwen2.5-3B-Instruct, device: "cuda:1"}
reasoning: {checkpoint: Qwen/Qwen3-4B, thinking: true}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

from pytest_qwen.family.engines import DEFAULT, engines
from pytest_qwen.files.fields import Identifier, Like, Switches
from pytest_qwen.files.validation import validate
from pytest_qwen.files.yaml_lines import Problem, SpecError, read, refusal
from pytest_qwen.messages.names import closest, nearest, repeated
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import ROLES, Role

FAMILIES = Path(__file__).parent / "families"

Hub = Literal["huggingface", "modelscope", "local"]
Device = Annotated[str, Like("auto|mps|(cpu|cuda)(:[0-9]{1,3})?", "auto, cpu, mps, cuda or cuda:N")]


def _known_engine(name: str) -> str:
    if name not in engines():
        known = " or ".join(map(repr, sorted(engines())))
        raise PydanticKnownError("literal_error", {"expected": known})
    return name


EngineName = Annotated[str, AfterValidator(_known_engine)]


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _check_devices(devices: tuple[str, ...]) -> tuple[str, ...]:
    if not devices:
        raise PydanticCustomError("devices", "a device")
    if len({device.partition(":")[0] for device in devices}) != 1:
        raise PydanticCustomError("devices", "devices of one kind, since texts depend on it")
    if repeated(devices):
        raise PydanticCustomError("devices", "each device once")
    return devices


class Binding(BaseModel):
    """One role of a family.

    `device: auto` is the GPU where there is one, else the CPU; a list are equal devices that share
    the work where pytest has workers. `thinking` is passed to the template as `enable_thinking`; by
    default reasoning thinks, instruct does not, and base gets nothing. `template` holds the other
    variables of the template. `hub` and `engine` are the family's by default;
    an engine without `reads_checkpoint` may take `checkpoint` as it likes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    checkpoint: Annotated[str, Field(min_length=1)]
    device: Annotated[
        tuple[Device, ...], BeforeValidator(_listed), AfterValidator(_check_devices)
    ] = ("auto",)
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    thinking: bool | None = None
    template: Switches = {}
    sampling: Sampling = Sampling()
    hub: Hub | None = None
    engine: EngineName = DEFAULT


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    family: Annotated[str, Like("[A-Za-z0-9][A-Za-z0-9.+_-]{0,79}", "letters, digits and . + _ -")]
    base: Binding | None = None
    instruct: Binding | None = None
    reasoning: Binding | None = None
    hub: Hub = "huggingface"
    engine: EngineName = DEFAULT
    lacks: tuple[Identifier, ...] = ()


@dataclass(frozen=True)
class Family:
    """A named set of roles, each bound to a checkpoint.

    `folder` is where relative paths of local checkpoints begin. `lacks` is what its models cannot
    do at all, in the words that behaviors use under `needs`.
    """

    name: str
    roles: Mapping[Role, Binding]
    hub: Hub
    folder: Path
    lacks: tuple[str, ...] = ()

    def lacking(self, needs: Iterable[str]) -> str:
        """Say what of the needs the family lacks, "" where it has all."""
        missing = [need for need in needs if need in self.lacks]
        return Reason("family.lacks", needs=missing, family=self.name) if missing else ""

    def thinking(self, role: Role) -> bool | None:
        """Return what the role's template gets as `enable_thinking`; None is nothing."""
        thinking = self.roles[role].thinking
        by_role = {"base": None, "instruct": False, "reasoning": True}
        return by_role[role] if thinking is None else thinking


def load_family(name: str, models: Mapping[Role, str] | None = None) -> Family:
    """Load a family by name or by the path of its file.

    Args:
        name: one of the families that ship with the package, or a path.
        models: checkpoints that replace those of the file, by role.

    Raises:
        SpecError: there is no such family, or its file is wrong.
    """
    path = _find(name)
    documents = read(path)
    if len(documents) != 1:
        raise SpecError(Problem(str(path), 1, refusal("one family", f"{len(documents)} documents")))
    fields = validate(_Fields, documents[0])
    bindings: dict[Role, Binding] = {
        role: binding
        if "engine" in binding.model_fields_set
        else binding.model_copy(update={"engine": fields.engine})
        for role in ROLES
        if (binding := getattr(fields, role)) is not None
    }
    for role, checkpoint in (models or {}).items():
        below = bindings.get(role) or Binding(checkpoint=checkpoint, engine=fields.engine)
        bindings[role] = below.model_copy(update=_place(checkpoint, fields.hub))
    return Family(fields.family, bindings, fields.hub, path.parent, fields.lacks)


def bindings(arguments: Iterable[str]) -> dict[Role, str]:
    """Read what a command line binds roles to, `ROLE=CHECKPOINT` each.

    Raises:
        ValueError: one is not of this form.
    """
    models: dict[Role, str] = {}
    for binding in arguments:
        name, _, checkpoint = binding.partition("=")
        role = next((role for role in ROLES if role == name), None)
        if role is None or not checkpoint:
            do = "name a folder or a hub id" if role else nearest(name, ROLES)
            raise ValueError(f"expected ROLE=CHECKPOINT, got {binding!r}: {do}")
        models[role] = checkpoint
    return models


def _place(checkpoint: str, hub: Hub) -> dict[str, str]:
    """Say where a checkpoint from the command line is: a folder as seen from here, or on a hub."""
    if Path(checkpoint).is_dir() or checkpoint.startswith((".", "~", "/")):
        return {"checkpoint": str(Path(checkpoint).absolute()), "hub": "local"}
    return {"checkpoint": checkpoint, "hub": "huggingface" if hub == "local" else hub}


def _find(name: str) -> Path:
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} or path.exists():
        if path.is_file():
            return path
        raise SpecError(Problem(name, 0, refusal("a family file", "none at this path")))
    known = {file.stem: file for file in FAMILIES.glob("*.yaml")}
    if name not in known:
        either = " Or" if closest(name, known) else ", or"
        do = f"{nearest(name, known)}{either} give the path of a YAML file"
        raise SpecError(Problem("family", 0, refusal("the name of one", repr(name), do)))
    return known[name]
