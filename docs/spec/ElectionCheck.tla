--------------------------- MODULE ElectionCheck ---------------------------
(* What TLC needs besides to search all behaviours of Election: no candidate differs from another. *)
EXTENDS Election, TLC

Symmetry == Permutations(Candidates)
=============================================================================
