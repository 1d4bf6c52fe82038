//! Sample estates of every provider family, with the facts that their READMEs state.
