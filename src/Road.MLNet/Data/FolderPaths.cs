using System.Collections;

namespace Road.MLNet.Data;

/// <summary>
/// Full paths of files below a folder, put together when they are asked for: the names of a large set are most of what its listing
/// keeps, and the folder's part in each would be most of them.
/// </summary>
/// <param name="root">The folder.</param>
/// <param name="names">The names relative to it, with slashes, empty where there is no file; the array is not copied.</param>
internal sealed class FolderPaths(string root, string[] names) : IReadOnlyList<string>
{
    /// <inheritdoc/>
    public int Count => names.Length;

    /// <inheritdoc/>
    public string this[int index] =>
        names[index].Length == 0 ? string.Empty : Path.Combine(root, names[index].Replace('/', Path.DirectorySeparatorChar));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => Enumerable.Range(0, names.Length).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
