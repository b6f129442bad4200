"""What can go wrong, as codes with facts.

A code never carries a sentence: `core.text` turns codes into sentences that say what to do next.
"""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Every expected failure. The catalogue `resources/i18n/*/errors.toml` holds one sentence for each."""

    # photos
    PHOTO_MISSING = "photo_missing"
    PHOTO_EMPTY = "photo_empty"
    PHOTO_NOT_AN_IMAGE = "photo_not_an_image"
    PHOTO_TRUNCATED = "photo_truncated"
    PHOTO_TOO_LARGE = "photo_too_large"
    PHOTO_UNSUPPORTED = "photo_unsupported"
    PHOTO_UNREADABLE = "photo_unreadable"
    FOLDER_WITHOUT_PHOTOS = "folder_without_photos"
    FOLDER_UNREADABLE = "folder_unreadable"
    # bundles
    BUNDLE_MISSING = "bundle_missing"
    BUNDLE_DAMAGED = "bundle_damaged"
    BUNDLE_TOO_NEW = "bundle_too_new"
    BUNDLE_CONTRADICTORY = "bundle_contradictory"
    BUNDLE_UNSAFE = "bundle_unsafe"
    BUNDLE_TOO_LARGE = "bundle_too_large"
    BUNDLE_GOLDEN_MISMATCH = "bundle_golden_mismatch"
    BUNDLE_LISTS_NO_PHOTOS = "bundle_lists_no_photos"
    MODEL_STAYS = "model_stays"
    MODEL_SLOW = "model_slow"
    MODEL_GREEDY = "model_greedy"
    MODEL_CRASHED = "model_crashed"
    MODEL_NO_ANSWER = "model_no_answer"
    # devices
    DEVICE_UNAVAILABLE = "device_unavailable"
    DEVICE_LOST = "device_lost"
    DEVICE_MEMORY = "device_memory"
    TORCH_MISSING = "torch_missing"
    SYSTEM_REFUSES = "system_refuses"
    MEMORY_SHORT = "memory_short"
    # guide
    GUIDE_MISSING = "guide_missing"
    GUIDE_BROKEN = "guide_broken"
    GUIDE_NO_TABLES = "guide_no_tables"
    GUIDE_REFUSED = "guide_refused"
    # what a hand found
    EDITED_ENCODING = "edited_encoding"
    EDITED_ENDLESS = "edited_endless"
    EDITED_TABLE = "edited_table"
    CHARACTER_UNKNOWN = "character_unknown"
    VALUE_UNKNOWN = "value_unknown"
    KIND_UNKNOWN = "kind_unknown"
    # storage
    DATABASE_TOO_NEW = "database_too_new"
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_BUSY = "database_busy"
    DATABASE_LOCKS = "database_locks"
    MEMORY_FULL = "memory_full"
    DISK_FULL = "disk_full"
    NOT_WRITABLE = "not_writable"
    SETTINGS_DAMAGED = "settings_damaged"
    PLACE_INVALID = "place_invalid"
    DAY_INVALID = "day_invalid"
    LIBRARY_MISSING = "library_missing"
    # trainer
    DATA_MISSING = "data_missing"
    DATA_ONE_CLASS = "data_one_class"
    DATA_TOO_FEW = "data_too_few"
    LABEL_PROMISES = "label_promises"
    CONFIG_INVALID = "config_invalid"
    NETWORK_UNKNOWN = "network_unknown"
    NETWORK_UNSTABLE = "network_unstable"
    WEIGHTS_MISMATCH = "weights_mismatch"
    RUN_EXISTS = "run_exists"
    RUN_INCOMPLETE = "run_incomplete"
    RUN_BUSY = "run_busy"
    REPORT_MISSING = "report_missing"
    TRAINING_MEMORY = "training_memory"
    TRAINING_BROKE_OFF = "training_broke_off"
    TRAINING_DEFECT = "training_defect"
    TRAINER_MISSING = "trainer_missing"
    TRAINER_NOT_SET_UP = "trainer_not_set_up"
    PYTHON_MISSING = "python_missing"
    PYTHON_WITHOUT_VENV = "python_without_venv"
    SETUP_BUSY = "setup_busy"
    SETUP_UNREACHABLE = "setup_unreachable"
    SETUP_WHEEL_MISSING = "setup_wheel_missing"
    SETUP_FAILED = "setup_failed"
    SOURCE_UNREACHABLE = "source_unreachable"


class FieldGuideError(Exception):
    """An expected failure: a code and the facts that its sentence needs.

    Args:
        code: which failure.
        **facts: plain values (file names, sizes, limits) that the sentence of the code may name.
    """

    def __init__(self, code: ErrorCode, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code.value}: {facts}")
