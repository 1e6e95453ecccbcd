"""Where the next pages come from: the device and its source, chosen once and kept."""

from __future__ import annotations

from dataclasses import replace

from scanners.errors import NoDevice
from scanners.port import Device, ScanJob, Source
from workstation.i18n import _
from workstation.services.scan_ways import ScanWay, ways_of
from workstation.tui.cells import printable
from workstation.tui.screens.case_camera import CameraKeys
from workstation.tui.screens.dialogs import ChoiceDialog


class DeviceKeys(CameraKeys):
    """Chooses the way to scan, and makes the job for it."""

    def action_choose_scanner(self) -> None:
        """Choose the device the next pages come from, and where the sheets lie on it."""
        self.say(_("正在查找扫描仪…"))
        self.job(self.desk.capture.devices, self._offer_scanners)

    def _offer_scanners(self, devices: tuple[Device, ...]) -> None:
        ways = {way.id: way for way in ways_of(devices)}
        if not ways:
            self.tell(NoDevice())
            return

        def chosen(way_id: str | None) -> None:
            if way_id is not None:
                self.app.scan_way = ways[way_id]
                self.say(_("扫描仪: {name}").format(name=way_words(ways[way_id])))

        choices = [(way_id, way_words(way)) for way_id, way in ways.items()]
        present = self.app.scan_way.id if self.app.scan_way else ""
        body = _("选定后一直这样扫描, 直到退出程序。")
        self.app.push_screen(ChoiceDialog(_("选扫描仪"), body, choices, start=present), chosen)

    def _scan_job(self) -> ScanJob:
        """Return the next job; devices are listed only when nobody chose one, since that can take seconds."""
        way = self.app.scan_way
        if way is None:
            way = next(iter(ways_of(self.desk.capture.devices())), None)
        if way is None:
            raise NoDevice
        self.app.scan_way = way
        job = way.job(max(self.app.station.resolution_dpi, self._least_dpi()))
        return replace(job, finder=self.finder_for(way.device))

    def _least_dpi(self) -> int:
        """Return what the item asks for this material; 0 where the window's own resolution will do."""
        line = self.view.line(self.current_slot) if self.view else None
        return line.material.scan_dpi if line else 0


def way_words(way: ScanWay) -> str:
    """Name a device, and where the sheets lie on it where there is a choice."""
    name = printable(way.device.name)
    if way.is_only:
        return name
    words = {Source.FLATBED: _("平板"), Source.FEEDER: _("进纸器单面"), Source.DUPLEX: _("进纸器双面")}
    where = _("进纸器有纸就用进纸器, 没有就用平板") if way.by_itself else words[way.source]
    return f"{name} · {where}"
