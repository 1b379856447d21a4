"""Hosts: the places a bundle is put into. `folder` is a static site: pages and an index;
`generator` puts figures into the site of a generator, which `hugo` and `jekyll` describe."""

from __future__ import annotations

from .afm import afm_files as afm_files
from .check_hugo import dropped as dropped
from .folder import Place as Place
from .folder import compressed as compressed
from .folder import downloads as downloads
from .folder import runtime_of as runtime_of
from .folder import site as site
from .folder import size as size
from .folder import write_site as write_site
from .generator import Generator as Generator
from .generator import is_root as is_root
from .generator import left_over as left_over
from .generator import placed as placed
from .generator import require_root as require_root
from .generator import write_placed as write_placed
from .hugo import HUGO as HUGO
from .jekyll import JEKYLL as JEKYLL
from .single import single_document as single_document
from .single import single_files as single_files
from .weigh import Budgets as Budgets
from .weigh import loads as loads
from .weigh import over_budget as over_budget
from .weigh import page_over_budget as page_over_budget
from .weigh import page_table as page_table
from .weigh import parts as parts
from .weigh import weight_table as weight_table
