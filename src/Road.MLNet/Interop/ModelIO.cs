using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Road.MLNet.Interop;

/// <summary>
/// Saves and loads the state of a transformer inside an ML.NET model file: a header, the settings as JSON and named
/// binary streams. ML.NET finds this assembly again by the name in the header, so nothing has to be registered.
/// </summary>
internal static class ModelIO
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        // A setting that this version does not know would be dropped silently, and the model would behave otherwise.
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes the header and the settings of a transformer, and lets the file get its digest.</summary>
    /// <typeparam name="T">The settings: anything that <see cref="JsonSerializer"/> writes and reads.</typeparam>
    /// <returns>The SHA-256 of the settings.</returns>
    public static string Save<T>(ModelSaveContext context, ModelFormat format, T settings)
    {
        context.CheckAtModel();

        // The simple name: an older build then gets as far as our own message about a newer format.
        context.SetVersionInfo(new VersionInfo(
            format.Signature,
            verWrittenCur: format.Version,
            verReadableCur: format.Version,
            verWeCanReadBack: 1,
            loaderAssemblyName: format.LoaderAssembly,
            loaderSignature: format.LoaderSignature));
        string json = JsonSerializer.Serialize(settings, Json);
        context.Writer.Write(json);
        ModelSeal.Attach(context);
        return Hash(json);
    }

    /// <summary>
    /// Checks the header of a transformer, and begins to compare the file with its digest, so that what takes long can be read
    /// meanwhile. <see cref="Load{T}"/> waits for it.
    /// </summary>
    /// <exception cref="FormatException">The model is newer than this assembly, of another kind, or damaged.</exception>
    public static void Begin(IHostEnvironment environment, ModelLoadContext context, ModelFormat format)
    {
        CheckVersion(environment, context, format);
        try
        {
            ModelSeal.Begin(context);
        }
        catch (InvalidDataException failure)
        {
            throw Damaged(environment, format, failure.Message, failure);
        }
    }

    /// <summary>Reads the header and the settings of a transformer, once the file is known to be as it was written.</summary>
    /// <exception cref="FormatException">The model is newer than this assembly, of another kind, or damaged.</exception>
    public static ModelContent<T> Load<T>(IHostEnvironment environment, ModelLoadContext context, ModelFormat format)
        where T : class
    {
        CheckVersion(environment, context, format);
        ModelSealState seal = CheckSeal(environment, context, format);
        try
        {
            string json = context.Reader.ReadString();
            T settings = JsonSerializer.Deserialize<T>(json, Json) ?? throw Damaged(environment, format, "its settings are empty", null);
            return new ModelContent<T>(settings, Hash(json), seal == ModelSealState.Verified, IsSealed(context, format));
        }
        catch (Exception failure) when (failure is JsonException or EndOfStreamException or ArgumentException or NotSupportedException)
        {
            throw Damaged(environment, format, "its settings cannot be read: " + failure.Message, failure);
        }
    }

    /// <summary>Writes a binary stream beside the header.</summary>
    public static void SaveStream(ModelSaveContext context, string name, Action<Stream> write) =>
        context.SaveBinaryStream(name, writer => write(writer.BaseStream));

    /// <summary>Reads a binary stream that lies beside the header.</summary>
    /// <exception cref="FormatException">There is no such stream, or it cannot be read.</exception>
    public static void LoadStream(
        IHostEnvironment environment, ModelLoadContext context, ModelFormat format, string name, Action<Stream> read)
    {
        try
        {
            if (!context.TryLoadBinaryStream(name, reader => read(reader.BaseStream)))
            {
                throw Damaged(environment, format, $"it has no part named '{name}'", null);
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            throw Damaged(environment, format, $"its part '{name}' cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The error for a model whose content makes no sense.</summary>
    public static Exception Damaged(IHostEnvironment environment, ModelFormat format, string what, Exception? cause)
    {
        string message = $"The saved {format.LoaderSignature} is damaged, or no model of Road.MLNet: {what}.";
        return cause is null ? environment.ExceptDecode(message) : environment.ExceptDecode(cause, message);
    }

    private static bool IsSealed(ModelLoadContext context, ModelFormat format) => context.Header.ModelVerWritten >= format.FirstSealed;

    private static string Hash(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));

    private static ModelSealState CheckSeal(IHostEnvironment environment, ModelLoadContext context, ModelFormat format)
    {
        ModelSealState state;
        try
        {
            state = ModelSeal.Begin(context).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            throw Damaged(environment, format, failure.Message, failure);
        }

        if (state == ModelSealState.Missing && IsSealed(context, format))
        {
            throw Damaged(
                environment, format,
                "the file does not end with its digest: it was cut off, or added to, or written again by another program", null);
        }

        if (state == ModelSealState.Missing)
        {
            using IChannel channel = environment.Start(format.LoaderSignature);
            channel.Warning(
                $"The saved {format.LoaderSignature} was written by an earlier Road.MLNet and carries no digest, so damage to it may go "
                + "unnoticed. Saved again, it carries one.");
        }

        return state;
    }

    private static void CheckVersion(IHostEnvironment environment, ModelLoadContext context, ModelFormat format)
    {
        ModelHeader header = context.Header;
        ulong expected = new VersionInfo(format.Signature, 1, 1, 1, null, format.LoaderSignature).ModelSignature;
        if (header.ModelSignature != expected || header.ModelVerReadable > header.ModelVerWritten || header.ModelVerWritten < 1)
        {
            throw Damaged(environment, format, $"its header is not one of '{format.Signature}'", null);
        }

        if (header.ModelVerReadable > format.Version)
        {
            throw environment.ExceptDecode(string.Create(
                CultureInfo.InvariantCulture,
                $"The saved {format.LoaderSignature} has format version {header.ModelVerWritten}, written by a newer Road.MLNet. "
                + $"This one, {typeof(ModelIO).Assembly.GetName().Version}, reads up to version {format.Version}: update Road.MLNet."));
        }
    }
}
