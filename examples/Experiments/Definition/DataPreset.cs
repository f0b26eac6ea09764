using Microsoft.ML;
using Road.MLNet;

namespace Experiments.Definition;

/// <summary>A published data set: where it keeps its files, and what its labels mean.</summary>
/// <param name="Name">What experiment files call it.</param>
/// <param name="HasSplits">Whether a part of it, such as <c>train</c>, must be named.</param>
/// <param name="Encoding">What its labels mean.</param>
/// <param name="Load">Lists image and label files from the set's root and, where it has splits, a split.</param>
internal sealed record DataPreset(string Name, bool HasSplits, LabelEncoding Encoding, Func<MLContext, string, string, IDataView> Load);
