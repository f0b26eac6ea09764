namespace Road.MLNet.Data;

/// <summary>Reads a value of a <see cref="MemoryColumn{T}"/>.</summary>
/// <param name="index">The value's index.</param>
/// <param name="value">What the row has held before; what it is to hold.</param>
internal delegate void MemoryReader<T>(int index, ref T value);
