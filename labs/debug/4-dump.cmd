# SPDX-License-Identifier: BSD-3-Clause
# The same by our own words: an entry that fails, with vmcs_dump.  One line of
# each kind; the whole dump is about 200 lines.
# planted: dump
# append: vmcs_dump=1
# invariants: n
# console: ^(prints: |VMCS |  (4000|4012|2806|4816|6800|681c|681e|6820|6c00|6c16|4402|6400) |    (bit  9|invalid))
