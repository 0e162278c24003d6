"""How many parameters transformers itself builds: models on the `meta` device, which have shapes and no weights.

`PYTHONPATH=tests python -m hf.oracle` draws configurations of every family, counts them and writes fixture.json.gz
beside this file.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hf.draw import DRAWN, PARTS
from hf.sizes import Keys

FIXTURE = Path(__file__).with_name("fixture.json.gz")
#: Configurations of each family at least, and of each of its classes.
EACH, EACH_CLASS = 24, 6
#: What is there already when a class of transformers is told its labels.
LABELS = {"id2label": {str(each): f"class {each}" for each in range(5)}}


def build(settings: Any, name: str) -> Any:
    """Return a model of transformers, without weights."""
    import torch
    import transformers

    with torch.device("meta"):
        return getattr(transformers, name)(settings)


def counted(model: Any) -> dict[str, int]:
    """Return what is counted of a model: everything, and parts that modules' classes and names tell.

    A tied parameter is counted once; buffers are not counted.
    """
    norms = {
        id(parameter): parameter.numel()
        for module in model.modules()
        if "norm" in type(module).__name__.lower()
        for parameter in module.parameters()
    }
    biases = [
        parameter.numel()
        for name, parameter in model.named_parameters()
        if name.endswith("bias") and id(parameter) not in norms
    ]
    embedding = model.get_input_embeddings()
    table = embedding.weight.numel() if hasattr(embedding, "weight") else 0
    return {
        "total": sum(each.numel() for each in model.parameters()),
        "norms": sum(norms.values()),
        "biases": sum(biases),
        "embedding": table,
    }


def draws(family: str, number: int) -> Iterator[tuple[Keys, dict[str, int]]]:
    """Yield configurations of a family as `save_pretrained` would write them, and what is counted of each."""
    for config, model in models(family, number):
        yield config, counted(model)


def parts(family: str, number: int) -> Iterator[tuple[Keys, dict[str, int]]]:
    """Yield configurations of a family of images and text, and what is counted of the text model with its head."""
    draw, name = PARTS[family]
    for config, model in built(family, draw, (name,), number):
        if family == "llama4":  # its text model has the head within
            holders = [model.language_model]
        else:
            inner = model.model
            holders = [inner.text_model if hasattr(inner, "text_model") else inner.language_model, model.lm_head]
        distinct = {id(each): each.numel() for holder in holders for each in holder.parameters()}
        yield config, {"total": sum(distinct.values())}


def states(family: str, number: int) -> Iterator[tuple[Keys, int, dict[str, tuple[int, ...]]]]:
    """Yield configurations of a family, how many parameters each has, and all shapes of its state, copies included."""
    for config, model in models(family, number):
        shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
        yield config, counted(model)["total"], shapes


def models(family: str, number: int) -> Iterator[tuple[Keys, Any]]:
    """Yield configurations of a family, the same ones every time, with the models that are built from them."""
    draw, classes = DRAWN[family]
    # So that each class of a family is drawn often enough where the family is.
    yield from built(family, draw, classes, max(number, EACH_CLASS * len(classes)) if number >= EACH else number)


def built(
    family: str, draw: Callable[[random.Random], Keys], classes: tuple[str, ...], number: int
) -> Iterator[tuple[Keys, Any]]:
    """Yield so many configurations, with the model that each of the classes in turn builds from one."""
    import transformers

    transformers.logging.set_verbosity_error()
    source = random.Random(family)  # noqa: S311 - the same draws every time are wanted
    found = 0
    for attempt in range(50 * number):
        keys = {"pad_token_id": 0, **draw(source)}
        name = classes[0] if attempt % 3 and len(classes) == 2 else classes[attempt % len(classes)]
        if name.endswith("Classification"):
            keys = {**keys, **LABELS}
        try:
            settings = transformers.CONFIG_MAPPING[family](**keys)
            # Written before the model is built: building changes some of them.
            written = json.loads(settings.to_json_string())
            model = build(settings, name)
        except (ValueError, TypeError, AssertionError):
            continue  # a configuration that transformers itself refuses is none
        found += 1
        yield {**written, "architectures": [name]}, model
        if found == number:
            return
    raise AssertionError(f"{family}: transformers refuses what is drawn")


def changes(family: str, config: Keys) -> Iterator[tuple[str, Any, dict[str, int]]]:
    """Yield changes of a configuration in one key each, and what is counted of it then.

    Where a key is said not to matter, this is where it would show that it does.
    """
    import transformers

    for key, value in config.items():
        for other in others(value):
            # A change that transformers itself refuses is none.
            with contextlib.suppress(Exception):
                kept = {each: config[each] for each in config if each != "model_type"} | {key: other}
                settings = transformers.CONFIG_MAPPING[family].from_dict(kept)
                yield key, other, counted(build(settings, config["architectures"][0]))


def others(value: object) -> tuple[object, ...]:
    """Return what a value of a config may be instead."""
    match value:
        case bool():
            return (not value,)
        case int():
            return (value + 1, 2 * value)
        case float():
            return (value + 0.5,)
        case None:
            return (True, 2)
        case _:
            return ()


def main() -> None:
    """Write the fixture."""
    import torch
    import transformers

    rows: list[dict[str, Any]] = []
    for family in DRAWN:
        drawn = list(draws(family, EACH))
        for config, found in drawn:
            rows.append({"config": config, "counted": found})
        for config, _ in drawn[:1]:
            rows.extend(
                {"config": config, "key": key, "value": value, "counted": found}
                for key, value, found in changes(family, config)
            )
    for family in PARTS:
        rows.extend({"config": config, "part": "text", "counted": found} for config, found in parts(family, EACH))
    data = {"transformers": transformers.__version__, "torch": torch.__version__, "rows": rows}
    text = json.dumps(data, separators=(",", ":")).encode()
    FIXTURE.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
