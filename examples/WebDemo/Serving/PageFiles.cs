using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace WebDemo.Serving;

/// <summary>The page, which lies in the assembly.</summary>
internal static class PageFiles
{
    private const string Folder = "Page/";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>Maps a route for each file, and the root to the page itself.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (string resource in typeof(PageFiles).Assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal))
            {
                continue;
            }

            string name = resource[Folder.Length..];
            byte[] content = Read(resource);
            string type = Types[Path.GetExtension(name)];
            EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
            routes.MapMethods(name == "index.html" ? "/" : $"/{name}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) =>
            {
                // Asked anew each time, and answered by the tag: a new version shows at once.
                context.Response.Headers.CacheControl = "no-cache";
                return Results.Bytes(content, type, entityTag: tag);
            }).ExcludeFromDescription();
        }
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!;
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
