"""The report as one self-contained HTML page, which maintainers read in the morning (docs/report.md).

:mod:`contents` is what it is made from. :mod:`matrix`, :mod:`failures`, :mod:`numbers` and :mod:`speed` turn that into
what each section shows, :mod:`charts` draws, and :mod:`render` fills the templates.
"""
