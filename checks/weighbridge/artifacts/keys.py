"""Typed access to a config.json: the one place where its JSON is distrusted, and where no key may pass unread.

Every getter notes a located mistake and returns a neutral value, so that one reading finds all mistakes. A key that was
neither asked for nor is known not to matter is a mistake too: it may change shapes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from weighbridge.errors import Collector, Location, SpecError, SpecErrors, did_you_mean, quoted

#: A config with the labels of 21,843 classes has a twentieth of this.
MAX_BYTES = 16 * 1024 * 1024
#: No size of a model comes near; past it, a number is a slip.
MAX_SIZE = 10**12
#: Layers are gone through one by one where they are of several types.
MAX_LAYERS = 10_000
#: Under which names families say how many layers there are.
LAYERS = frozenset(
    {"num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_decoder_layers", "encoder_layers", "decoder_layers"}
)

#: Keys that change no shape in any family: of tokens, generation, dropout, precision, training, and of the library.
HARMLESS = frozenset(
    """
    _attn_implementation _attn_implementation_autoset _attn_implementation_internal _commit_hash _flash_attn_2_enabled
    _name_or_path _num_labels attention_dropout attention_probs_dropout_prob attn_implementation auto_map
    bad_words_ids begin_suppress_tokens bos_token_id chunk_size_feed_forward classifier_dropout cls_token_id
    custom_pipelines decoder_start_token_id diversity_penalty do_sample dtype early_stopping embd_pdrop
    encoder_no_repeat_ngram_size eos_token_id exponential_decay_length_penalty finetuning_task forced_bos_token_id
    forced_eos_token_id gradient_checkpointing hidden_act hidden_dropout hidden_dropout_prob id2label
    initializer_factor initializer_range is_encoder_decoder label2id layer_norm_eps layer_norm_epsilon length_penalty
    license mask_token_id max_length min_length model_type no_repeat_ngram_size num_beam_groups num_beams num_labels
    num_return_sequences output_attentions output_hidden_states output_past output_scores pad_token_id
    partial_rotary_factor prefix pretraining_tp problem_type quantization_config remove_invalid_values
    repetition_penalty resid_pdrop return_dict return_dict_in_generate rms_norm_eps rope_parameters rope_scaling
    rope_theta rotary_emb_base rotary_pct sep_token_id suppress_tokens task_specific_params temperature tf_legacy_loss
    tokenizer_class top_k top_p torch_dtype transformers_version typical_p unk_token_id unsloth_fixed unsloth_version
    use_bfloat16 use_cache
    """.split()  # noqa: SIM905 - a hundred names are read more easily without quotes
)


#: How a command line says what a config does not: that a key changes no shape, and which class is counted.
FLAGS: Mapping[str, str] = {
    "ignore": "--ignore {}",
    "as": "--as {}",
    "part": "--part {}",
    "tied": "--convention tied=true or tied=false",
}


class Keys(Struct):
    """The keys of one JSON object; `read` are those that were asked for.

    `says` is how whoever asks can say what the object does not; hints are in those words. `ignored` are the keys that
    they say change no shape, `settled` the conventions that they decide. The object begins somewhere behind `start` in
    the text.
    """

    values: Mapping[str, Any]
    path: str
    text: str
    errors: Collector
    read: set[str] = field(default_factory=set)
    says: Mapping[str, str] = field(default_factory=lambda: FLAGS)
    ignored: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    start: int = 0

    def within(self, key: str, values: Mapping[str, Any]) -> Keys:
        """Return the keys of an object within this one, at a key; their mistakes are noted together."""
        match = self.standing(key)
        return replace(self, values=values, read=set(), start=match.end() if match else self.start)

    def apart(self, values: Mapping[str, Any]) -> Keys:
        """Return the keys of an object whose mistakes are noted elsewhere."""
        return replace(self, values=values, read=set(), errors=Collector())

    def hint(self, what: str, text: str, value: str = "") -> str:
        """Return a hint with how whoever asks can say it; "" where they can not."""
        return text.format(self.says[what].format(value)) if what in self.says else ""

    def place(self, key: str | None) -> Location:
        """Return where a key stands first, or the top of the file."""
        match = self.standing(key) if key else None
        if match is None:
            return Location(self.path)
        start = match.start()
        return Location(
            self.path, self.text.count("\n", 0, start) + 1, start - (self.text.rfind("\n", 0, start) + 1) + 1
        )

    def standing(self, key: str) -> re.Match[str] | None:
        """Return where a key stands first, None where it does not stand as JSON usually has it."""
        return re.compile(rf'"{re.escape(key)}"\s*:').search(self.text, self.start)

    def complain(self, key: str | None, message: str, hint: str = "") -> None:
        """Note a mistake at a key, or at the file itself."""
        self.errors.add(self.place(key), f"config: {message}", hint)

    def find(self, key: str, *aliases: str) -> tuple[str, Any]:
        """Return under which of its names a key is given, and its value; None where it is not, or null.

        Two names with different values are a mistake.
        """
        names = (key, *aliases)
        self.read.update(names)
        given = [name for name in names if self.values.get(name) is not None]
        for other in given[1:]:
            if self.values[other] != self.values[given[0]]:
                self.complain(other, f"'{other}' and '{given[0]}' are two names of one thing and differ")
        return (given[0], self.values[given[0]]) if given else (key, None)

    def has(self, key: str) -> bool:
        """Tell whether a key is there, be it null."""
        self.read.add(key)
        return key in self.values

    def number(self, key: str, default: int | None, *aliases: str, least: int = 1) -> int | None:
        """Return an integer; None where it is null, or neither there nor has a default."""
        name, value = self.find(key, *aliases)
        if value is None:
            return None if any(each in self.values for each in (key, *aliases)) else default
        if type(value) is not int:
            self.complain(name, f"'{name}' is {kind(value)}, expected an integer")
            return None
        most = MAX_LAYERS if name in LAYERS else MAX_SIZE
        if not least <= value <= most:
            self.complain(name, f"'{name}' is {value:,}, expected {least} to {most:,}")
            return None
        return value

    def size(self, key: str, default: int | None, *aliases: str, least: int = 1) -> int:
        """Return an integer that there must be."""
        before = len(self.errors.errors)
        value = self.number(key, default, *aliases, least=least)
        if value is None and len(self.errors.errors) == before:
            self.complain(key, f"'{key}' is missing" if key not in self.values else f"'{key}' is null", "give a number")
        return 1 if value is None else value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false. Null is neither: versions of transformers do not agree on what it says."""
        name, value = self.find(key)
        if key not in self.values:
            return default
        if type(value) is not bool:
            self.complain(name, f"'{name}' is {kind(value)}, expected true or false")
            return default
        return value

    def word(self, key: str, default: str) -> str:
        """Return a string."""
        name, value = self.find(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.complain(name, f"'{name}' is {kind(value)}, expected a string")
            return default
        return value

    def items(self, key: str) -> list[Any] | None:
        """Return an array, None where there is none."""
        name, value = self.find(key)
        if value is None or isinstance(value, list):
            return value
        self.complain(name, f"'{name}' is {kind(value)}, expected an array")
        return None

    def only(self, key: str, allowed: tuple[Any, ...], *, why: str) -> None:
        """Refuse a key with any other value than these; where it is not there or null, all is well."""
        name, value = self.find(key)
        if value is not None and not any(type(value) is type(each) and value == each for each in allowed):
            shown = json.dumps(value)
            shown = shown if len(shown) <= 40 else shown[:37] + "..."
            self.complain(name, f"'{name}' is {shown}, which is not counted: {why}")

    def harmless(self, *keys: str) -> None:
        """Say that these keys change no shape in this family."""
        self.read.update(keys)

    def refuse_unread(self) -> None:
        """Note each key that nothing has read."""
        known = self.read | HARMLESS | set(self.ignored)
        for key in self.values:
            if key not in known:
                near = did_you_mean(key, self.read)
                hint = f"{near} " if near.startswith("did") else ""
                self.complain(
                    key,
                    f"'{key}' is not understood, and may change shapes",
                    f"{hint}{self.says['ignore'].format(key)} says that it does not",
                )


def kind(value: object) -> str:
    """Return what JSON calls the type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int():
            return "an integer"
        case float():
            return "a number with decimals"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def read_json(path: str, data: bytes, *, noun: str = "config") -> Keys:
    """Return the keys of a JSON object. Raises `SpecErrors` for what is none, or has a key twice."""
    if len(data) > MAX_BYTES:
        raise refusal(path, noun, f"has {len(data):,} bytes, expected at most {MAX_BYTES:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(path, noun, f"byte 0x{data[error.start]:02x} at {error.start:,} is not UTF-8") from None
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.extend(sorted(name for name, times in Counter(name for name, _ in pairs).items() if times > 1))
        return found

    try:
        values = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        message = f"is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise refusal(path, noun, message, error.lineno, error.colno) from None
    except (RecursionError, ValueError):
        raise refusal(
            path, noun, "is no JSON that can be read: it nests too deeply, or has a number of thousands of digits"
        ) from None
    if not isinstance(values, dict):
        raise refusal(path, noun, f"is {kind(values)}, expected an object")
    if twice:
        raise refusal(path, noun, f"has keys that stand twice: {quoted(twice)}")
    return Keys(values, path, text, Collector())


def refusal(path: str, noun: str, message: str, line: int = 1, column: int = 1) -> SpecErrors:
    """Return the exception for a mistake behind which reading can not go on."""
    return SpecErrors([SpecError(Location(path, line, column), f"{noun}: {message}")])
