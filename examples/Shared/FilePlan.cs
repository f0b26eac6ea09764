using Road.Files;

namespace Road.Examples;

/// <summary>
/// All files that a command reads and writes. Filled before anything is written, it refuses an output that is an input, two outputs that
/// are one file, and an input in a folder that the command has for itself.
/// </summary>
internal sealed class FilePlan
{
    private readonly RealPaths _paths = new();
    private readonly Dictionary<string, Entry> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _outputFolders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _ownFolders = new(StringComparer.Ordinal);

    /// <summary>Adds a file, or a folder of files, that is read.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="role">What the user knows it as, such as the option's name.</param>
    /// <exception cref="FileClashException">It is written too.</exception>
    public void Read(string path, string role)
    {
        string key = _paths.Key(path);
        Entry input = new(path, role);
        _inputs.TryAdd(key, input);
        if (_outputs.TryGetValue(key, out Entry? output))
        {
            throw Overwritten(output, input);
        }

        CheckFolders(key, input);
    }

    /// <summary>Adds files that are read.</summary>
    /// <exception cref="FileClashException">One of them is written too.</exception>
    public void Read(IEnumerable<string> files, string role)
    {
        foreach (string file in files)
        {
            Read(file, role);
        }
    }

    /// <summary>Adds a file that is written.</summary>
    /// <param name="path">Its path; what is no regular file may be written and read as often as one likes.</param>
    /// <param name="role">What the user knows it as, such as the option's name.</param>
    /// <exception cref="FileClashException">
    /// It is read too, or written for another reason, or in a folder that the command has for itself.
    /// </exception>
    public void Write(string path, string role)
    {
        if (SpecialFile.IsAt(path))
        {
            return;
        }

        string key = _paths.Key(path);
        Entry output = new(path, role);
        if (_inputs.TryGetValue(key, out Entry? input))
        {
            throw Overwritten(output, input);
        }

        if (Directory.Exists(path))
        {
            throw new FileClashException($"{Describe(output)} is a folder, where a file is to be written. Give it another place.");
        }

        if (_outputFolders.TryGetValue(key, out Entry? other) || Folders(key).Any(folder => _outputs.TryGetValue(folder, out other)))
        {
            throw new FileClashException(
                $"{Describe(other!)} and {Describe(output)} would be a file and a folder of one name. Give each a place of its own.");
        }

        foreach (string folder in Folders(key))
        {
            _outputFolders.TryAdd(folder, output);
        }

        if (!_outputs.TryAdd(key, output))
        {
            throw new FileClashException(
                $"{Describe(_outputs[key])} and {Describe(output)} would be one file. Give each a place of its own.");
        }

        CheckFolders(key, output);
    }

    /// <summary>Adds a folder whose files the command writes and removes as it likes: no input lies there, and no other output.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="role">What the user knows it as.</param>
    /// <exception cref="FileClashException">An input or an output lies in the folder, or is it.</exception>
    public void Own(string path, string role)
    {
        Entry folder = new(path, role);
        _ownFolders.TryAdd(Path.TrimEndingDirectorySeparator(_paths.Key(path)), folder);
        foreach ((string key, Entry entry) in _inputs.Concat(_outputs))
        {
            CheckFolders(key, entry);
        }
    }

    private static FileClashException Overwritten(Entry output, Entry input) =>
        new($"{Describe(output)} would overwrite {Describe(input)}, which is read. Give it another place.");

    private static string Describe(Entry entry) => $"'{entry.Path}' ({entry.Role})";

    private void CheckFolders(string key, Entry entry)
    {
        foreach (string folder in Folders(key).Prepend(key))
        {
            if (_ownFolders.TryGetValue(folder, out Entry? own))
            {
                throw new FileClashException(
                    $"{Describe(entry)} lies in {Describe(own)}, a folder whose files are overwritten. Give one of them another place.");
            }
        }
    }

    /// <summary>The folders that a path lies in, the nearest first.</summary>
    private static IEnumerable<string> Folders(string key)
    {
        for (string? folder = Path.GetDirectoryName(key); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
        {
            yield return folder;
        }
    }

    private sealed record Entry(string Path, string Role);
}
