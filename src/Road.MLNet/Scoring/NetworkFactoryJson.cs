using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Road.Torch.Networks;

namespace Road.MLNet.Scoring;

/// <summary>
/// Names a network factory by type and assembly and stores its public settable properties, so that a factory of any
/// assembly loads again with nothing registered.
/// </summary>
internal static class NetworkFactoryJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Writes a factory's properties, and makes sure that they can be read again.</summary>
    /// <exception cref="InvalidOperationException">The factory could not be loaded again; the message says why.</exception>
    public static (string Type, string Assembly, JsonElement Properties) Write(SegmentationNetworkFactory factory)
    {
        Type type = factory.GetType();
        try
        {
            JsonElement properties = JsonSerializer.SerializeToElement(factory, type, Options);
            string typeName = type.FullName ?? throw new NotSupportedException("the type has no full name");
            string assembly = type.Assembly.GetName().Name ?? throw new NotSupportedException("its assembly has no name");
            Read(typeName, assembly, properties);
            return (typeName, assembly, properties);
        }
        catch (Exception cause) when (cause is NotSupportedException or JsonException or InvalidDataException)
        {
            throw new InvalidOperationException(
                $"The network factory {type} cannot be saved: {cause.Message} A factory needs a public parameterless "
                + "constructor, and its public settable properties must be of types that JSON can hold.",
                cause);
        }
    }

    /// <summary>A factory's type and properties as a text that is equal for equal networks alone.</summary>
    /// <exception cref="InvalidOperationException">The factory could not be loaded again; the message says why.</exception>
    public static string Describe(SegmentationNetworkFactory factory)
    {
        (string type, _, JsonElement properties) = Write(factory);
        return $"{type} {properties.GetRawText()}";
    }

    /// <summary>Creates a factory again.</summary>
    /// <exception cref="InvalidDataException">There is no such type, it is no factory, or the properties do not fit it.</exception>
    public static SegmentationNetworkFactory Read(string typeName, string assemblyName, JsonElement properties)
    {
        Type type = FindType(typeName, assemblyName);
        if (!typeof(SegmentationNetworkFactory).IsAssignableFrom(type) || type.IsAbstract)
        {
            throw new InvalidDataException(
                $"the type '{typeName}' of the assembly '{assemblyName}' is not a concrete {nameof(SegmentationNetworkFactory)}");
        }

        try
        {
            return (SegmentationNetworkFactory)(properties.Deserialize(type, Options)
                ?? throw new InvalidDataException($"the properties of the network factory '{typeName}' are null"));
        }
        catch (Exception cause) when (cause is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"the properties of the network factory '{typeName}' do not fit it: {cause.Message}", cause);
        }
    }

    private static Type FindType(string typeName, string assemblyName)
    {
        Assembly? assembly = Array.Find(
            AppDomain.CurrentDomain.GetAssemblies(), loaded => !loaded.IsDynamic && loaded.GetName().Name == assemblyName);
        try
        {
            assembly ??= Assembly.Load(new AssemblyName(assemblyName));
        }
        catch (Exception cause) when (cause is IOException or BadImageFormatException or ArgumentException)
        {
            throw new InvalidDataException(
                $"its network comes from '{typeName}' of the assembly '{assemblyName}', which cannot be loaded: reference it. "
                + $"{cause.Message}", cause);
        }

        return assembly.GetType(typeName, throwOnError: false)
            ?? throw new InvalidDataException(
                $"its network comes from the type '{typeName}', which the assembly '{assemblyName}' does not have");
    }
}
