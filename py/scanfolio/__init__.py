"""Scanfolio: says what a scan disc is, shows it, and writes a DICOM export any hospital can import."""

__version__ = "0.1.0"
