"""The loaded model of an application, as the lane that asks it keeps it. Plain values, no Qt, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldguide.core.bundle import BundleFile, Manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.inference.child import Children
from fieldguide.inference.frozen import FrozenModels
from fieldguide.inference.identify import FindIdentifier, PlaceAndSeason
from fieldguide.inference.served import ServedNetwork
from fieldguide.services.batch import BatchWork

_Wanted = tuple[Path, str, int | None]  # bundle, device, threads


@dataclass(frozen=True, slots=True)
class Model:
    """The model that answers: its manifest, the device it runs on, and a sentence when that is not the wanted one."""

    manifest: Manifest
    device: str
    note: str | None


class Engine:
    """What the model's lane keeps between its jobs. Touched on the lane's thread alone, but for `try_out`."""

    def __init__(self, frozen: FrozenModels, children: Children) -> None:
        self.children = children
        self._frozen = frozen
        self._ahead: tuple[_Wanted, ServedNetwork | FieldGuideError] | None = None
        self._network: ServedNetwork | None = None
        self._for_guide: FindIdentifier | None = None

    def load_ahead(self, path: Path, device: str, threads: int | None) -> None:
        """Load what will be asked for; whether it can be used is told then."""
        wanted = path, device, threads
        try:
            self._ahead = wanted, self._loaded(wanted)
        except FieldGuideError as refused:
            self._ahead = wanted, refused

    def load(self, path: Path, device: str, threads: int | None) -> Model:
        """Use this bundle from now on; the one before stays in use when it cannot be.

        Raises:
            FieldGuideError: as `ServedNetwork.load`.
        """
        wanted = path, device, threads
        (known, network), self._ahead = self._ahead or (None, None), None
        if isinstance(network, ServedNetwork) and known != wanted:
            network.close()
        if network is None or known != wanted:
            network = self._loaded(wanted)
        if isinstance(network, FieldGuideError):
            raise network
        if self._network is not None:
            self._network.close()
        self._network, self._for_guide = network, None
        return self._model()

    def _loaded(self, wanted: _Wanted) -> ServedNetwork:
        return ServedNetwork.load(*wanted, children=self.children, frozen=self._frozen)

    def network(self) -> ServedNetwork:
        """The model in use. Raises FieldGuideError(BUNDLE_MISSING) where none is."""
        if self._network is None:
            raise FieldGuideError(ErrorCode.BUNDLE_MISSING, file="")
        return self._network

    def identifier(self, guide: Guide, home: str | None) -> FindIdentifier:
        """It with this guide; `home`: the user's region, or None where place and date take no part."""
        wanted = PlaceAndSeason(home or None) if home is not None else None
        made = self._for_guide
        if made is None or made.guide is not guide or made.place_and_season != wanted:
            made = self._for_guide = FindIdentifier(self.network(), guide, wanted)
        return made

    def run(self, work: BatchWork, guide: Guide, home: str | None) -> Model | None:
        """Identify a batch; the model as it is now where it had to move to another device meanwhile."""
        before = self._network.note if self._network else None
        work.run(lambda: self.identifier(guide, home))
        return self._model() if self._network and self._network.note != before else None

    def try_out(self, bundle: BundleFile) -> None:
        """Load a bundle in a process of its own and let it go again. From any thread. Raises as `load`."""
        ServedNetwork(bundle, "cpu", None, self.children, self._frozen).close()

    def _model(self) -> Model:
        network = self.network()
        return Model(network.manifest, network.device, network.note)
