"""The certificate of each face: those of the configuration, and such as are made for the scan."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scanner.model.target import PartnerServer
from scanner.ocpi.rogue.certificates import MADE, NEEDS_ISSUER, Issuer, ServerFiles, make_face, read_issuer
from scanner.ocpi.rogue.scenario import Face


class Wardrobe:
    """`host` is the name that the target knows our platform by; `folder` is private and goes with the scan."""

    def __init__(self, settings: PartnerServer, folder: Path, now: datetime) -> None:
        self.host = urlsplit(settings.url or "https://localhost").hostname or "localhost"
        self._settings = settings
        self._folder = folder
        self._now = now

    def files(self, face: Face) -> ServerFiles:
        """The files of one face.

        Raises: OSError or ValueError, which say what there is no certificate from.
        """
        settings = self._settings
        if face not in MADE:
            return ServerFiles(certificate_file=settings.certificate_file, key_file=settings.key_file)
        issuer = self._issuer()
        if face in NEEDS_ISSUER and issuer is None:
            raise ValueError(
                f"{face} takes a test CA that the target trusts (`issuer_certificate_file`): from any other CA it "
                "would be refused for that alone"
            )
        return make_face(face, self.host, issuer, self._folder, self._now)

    def _issuer(self) -> Issuer | None:
        certificate, key = self._settings.issuer_certificate_file, self._settings.issuer_key_file
        return read_issuer(certificate, key) if certificate and key else None
