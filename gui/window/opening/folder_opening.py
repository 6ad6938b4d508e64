"""Opening a folder of pictures or of texts: file dialog, preview of pictures, and a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.config import DataConfig
from core.data import sources
from core.data.dataset import Dataset
from core.language import tr
from core.number_format import format_integer
from gui.control.data_loader import DataLoader
from gui.control.next_config import on_other_data
from gui.control.run_controller import RunController
from gui.window.look.theming import Appearance
from gui.window.opening.csv_reading import FileReader, Tell
from gui.window.opening.opener import Opener
from gui.window.settings import Settings

if TYPE_CHECKING:  # the dialog and the readers are imported when first needed
    from core.data.labelled_folder.layout import Layout
    from core.data.picture_folder.samples import Samples
    from gui.setup.pictures.dialog import PicturesDialog

PICTURE_FOLDER = "picture_folder"  # setting: where the last folder of pictures lies


class FolderOpener(Opener):
    """Asks for a folder, lists it, shows it in a dialog, reads it, and begins a run on it.

    Texts are read at once, without a dialog: there is nothing to choose.
    """

    idx_found = Signal(str)  # a folder with files like MNIST's

    def __init__(
        self,
        window: QWidget,
        controller: RunController,
        loader: DataLoader,
        settings: Settings,
        appearance: Appearance,
    ) -> None:
        super().__init__(window, controller, loader, settings, appearance)
        self.dialog: PicturesDialog | None = None  # while it is open
        self._config: DataConfig | None = None  # of the pictures, or texts, that are read
        self._path = Path()  # of the folder that is listed
        self._is_merged = False
        background = controller.background
        self._lister = FileReader(background, "list pictures", self)
        self._sampler = FileReader(background, "sample pictures", self)
        self._reader = FileReader(background, "read pictures", self)
        self._lister.opened.connect(self._show_layout)
        self._lister.progressed.connect(self._show_listing)
        self._sampler.opened.connect(self._show_samples)
        self._reader.opened.connect(self._load)
        self._reader.progressed.connect(self._show_progress)
        for reader in (self._lister, self._sampler, self._reader):
            reader.failed.connect(self._show_failure)

    def choose_folder(self) -> None:
        """Ask for a folder; training continues meanwhile."""
        self._keep_task()
        start = self._settings.text(PICTURE_FOLDER) or str(Path.home())
        folder = QFileDialog.getExistingDirectory(
            self._window,
            tr("A folder with a folder of pictures, or of texts, for each class"),
            start,
        )
        if folder:
            self.open_folder(Path(folder))

    def open_folder(self, path: Path) -> None:
        """List a folder and show it; the run stays until the user loads it."""
        self._settings.set(PICTURE_FOLDER, str(path.parent))
        if self.dialog:
            self.dialog.reject()
        self._list(path, is_merged=False)

    def call_off(self) -> None:
        """Cancel listing and report it."""
        self._call_off(self._lister)

    def close(self) -> None:
        """Cancel all reading because the dialog or the window closes."""
        for reader in (self._lister, self._sampler, self._reader):
            reader.cancel()

    # Listing --------------------------------------------------------------------------------------

    def _list(self, path: Path, *, is_merged: bool) -> None:
        self._is_merged, self._path = is_merged, path

        def work(tell: Tell, is_stopped: Callable[[], bool]) -> Layout | Dataset | str:
            from core.data.labelled_folder import layout

            source = sources.folder_source(path)
            if source == "mnist":
                return str(path)
            if source == "documents":
                config = DataConfig(source=source, path=str(path))
                return sources.folder_reader(config)(config, tell, is_stopped)

            def listed(entries: int) -> None:
                count = format_integer(entries)
                tell(tr("{folder}: {count} files", folder=path.name, count=count), 0.0)

            return layout.find(path, listed, is_stopped, is_merged=is_merged)

        self._lister.start(path.name, work)

    def _show_layout(self, found: Layout | Dataset | str) -> None:
        if isinstance(found, str):
            self.idx_found.emit(found)
            return
        if isinstance(found, Dataset):
            self._config = DataConfig(source="documents", path=str(self._path))
            self._load(found)
            return
        if self.dialog is None:
            from gui.setup.pictures.dialog import PicturesDialog

            dialog = PicturesDialog(self._appearance.theme, found, self._window)
            dialog.changed.connect(self._sample)
            dialog.merge_wanted.connect(self._merge)
            dialog.chosen.connect(self._read)
            dialog.finished.connect(self._forget_dialog)
            self.dialog = dialog
            dialog.open()
        self.dialog.show_layout(found, is_merged=self._is_merged)
        self._sample(self.dialog.config)

    def _show_listing(self, words: str, share: float) -> None:
        self.progressed.emit("" if self.dialog else words, share)

    def _merge(self, is_merged: bool) -> None:
        assert self.dialog is not None
        self._list(self.dialog.found.path, is_merged=is_merged)

    # Samples --------------------------------------------------------------------------------------

    def _sample(self, config: DataConfig) -> None:
        assert self.dialog is not None
        found = self.dialog.found

        def work(_tell: Tell, _is_stopped: Callable[[], bool]) -> Samples:
            from core.data.picture_folder.samples import samples

            return samples(found, config)

        self._sampler.start(found.name, work)

    def _show_samples(self, samples: Samples) -> None:
        if self.dialog:
            self.dialog.show_samples(samples)

    # Reading --------------------------------------------------------------------------------------

    def _read(self, config: DataConfig) -> None:
        assert self.dialog is not None
        found, self._config = self.dialog.found, config
        self.dialog.set_busy(True)

        def work(tell: Tell, is_stopped: Callable[[], bool]) -> Dataset:
            from core.data.picture_folder import reading

            return reading.read_layout(found, config, tell, is_stopped)

        self._reader.start(found.name, work)

    def _show_progress(self, words: str, share: float) -> None:
        if self.dialog:
            self.dialog.show_progress(words, share)

    def _load(self, dataset: Dataset) -> None:
        data = cast("DataConfig", self._config)
        config = on_other_data(self._controller.config, data, self._controller.run)
        left_out = dataset.folder.left_out if dataset.folder else ()
        said = "; ".join(map(str, left_out))
        remark = tr("{words}.", words=said) if said else ""
        self._loader.load(
            config, tr("change to {data}", data=dataset.name), opened=dataset, remark=remark
        )
        if self.dialog:
            self.dialog.accept()

    def _show_failure(self, words: str) -> None:
        self._show_failure_in(self.dialog, words)

    def _forget_dialog(self) -> None:
        self.dialog = None
        self.close()
        self.closed.emit()
