using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text.RegularExpressions;

namespace Road.MLNet.Tests.Architecture;

/// <summary>The folders that the types of an assembly were compiled from, by its portable PDB.</summary>
internal static partial class SourceFolders
{
    // The documents of a type that has no line of code, such as an interface: the compiler writes them down for the type itself.
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>Finds the folders of an assembly's types.</summary>
    /// <param name="pdb">The path of the assembly's PDB.</param>
    /// <param name="methodsOf">The metadata tokens of each type's methods, those of nested types included, by the type's token.</param>
    /// <returns>
    /// The folders of each type by its token, project first, such as <c>Road.Torch/Networks</c>; none where no source says anything of the
    /// type.
    /// </returns>
    public static Dictionary<int, string[]> Read(string pdb, IReadOnlyDictionary<int, int[]> methodsOf)
    {
        using FileStream file = File.OpenRead(pdb);
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(file);
        MetadataReader reader = provider.GetMetadataReader();
        return methodsOf.ToDictionary(
            static type => type.Key,
            type => type.Value.SelectMany(method => DocumentsOfMethod(reader, method))
                .Concat(DocumentsOfType(reader, type.Key))
                .Select(document => Folder(reader, document))
                .OfType<string>()
                .Distinct()
                .ToArray());
    }

    private static IEnumerable<DocumentHandle> DocumentsOfMethod(MetadataReader reader, int token)
    {
        MethodDebugInformation method = reader.GetMethodDebugInformation(
            ((MethodDefinitionHandle)MetadataTokens.Handle(token)).ToDebugInformationHandle());
        return method.SequencePointsBlob.IsNil ? [] : method.GetSequencePoints().Select(static point => point.Document);
    }

    private static List<DocumentHandle> DocumentsOfType(MetadataReader reader, int token)
    {
        List<DocumentHandle> documents = [];
        foreach (CustomDebugInformationHandle handle in reader.GetCustomDebugInformation((EntityHandle)MetadataTokens.Handle(token)))
        {
            CustomDebugInformation information = reader.GetCustomDebugInformation(handle);
            if (reader.GetGuid(information.Kind) == TypeDefinitionDocuments)
            {
                BlobReader blob = reader.GetBlobReader(information.Value);
                while (blob.RemainingBytes > 0)
                {
                    documents.Add(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
                }
            }
        }

        return documents;
    }

    private static string? Folder(MetadataReader reader, DocumentHandle document)
    {
        string path = reader.GetString(reader.GetDocument(document).Name).Replace('\\', '/');
        Match match = SourcePath().Match(path);
        return match.Success ? match.Groups["project"].Value + match.Groups["folder"].Value : null;
    }

    // What the build writes from a description, such as onnx.proto, lies below obj as its description does below the project. What
    // the compiler's generators write, *.g.cs, is a part of a type that has a file of its own, or serves such a part.
    [GeneratedRegex(@"^.*/(src|tests|examples)/(?<project>[^/]+)(/obj/[^/]+/[^/]+)?(?<folder>(/[^/]+)*)/[^/]+(?<!\.g)\.cs$")]
    private static partial Regex SourcePath();
}
