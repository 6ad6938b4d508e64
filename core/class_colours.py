"""The colours of classes on a light ground, safe for colour-blind eyes."""

CLASS_COLOURS = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"),
    *("#D55E00", "#7F5FBF", "#8C6D31", "#B5A900", "#6E6E6E"),
)
