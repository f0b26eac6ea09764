namespace Road.Reliability.Fuzzing.Mutations;

/// <summary>Makes a damaged file of a sound one; the same number gives the same damage.</summary>
internal static class Mutator
{
    /// <summary>Chooses a sound file and damages it.</summary>
    /// <param name="seeds">The sound files.</param>
    /// <param name="mutation">The mutation's number.</param>
    public static (FuzzSeed Seed, byte[] Content) Mutate(IReadOnlyList<FuzzSeed> seeds, int mutation)
    {
        Random random = new(mutation);
        FuzzSeed seed = seeds[random.Next(seeds.Count)];
        byte[] other = seeds[random.Next(seeds.Count)].Content;
        byte[] content = seed.Content;
        for (int i = random.Next(8) switch { < 5 => 1, < 7 => 2, _ => 4 }; i > 0; i--)
        {
            content = Mutate(content, seed.Form, other, random);
        }

        return (seed, content);
    }

    /// <summary>Damages content once, in its structure or in its bytes.</summary>
    /// <param name="content">The content.</param>
    /// <param name="form">What it is made of; a structure that cannot be read any more is damaged by bytes.</param>
    /// <param name="other">Where foreign pieces come from.</param>
    /// <param name="random">Chooses.</param>
    public static byte[] Mutate(byte[] content, FuzzForm form, byte[] other, Random random)
    {
        byte[]? mutated = random.Next(2) == 0 ? null : form switch
        {
            FuzzForm.Zip => ZipMutation.TryMutate(content, other, random),
            FuzzForm.Json => JsonMutation.TryMutate(content, random),
            FuzzForm.Safetensors => SafetensorsMutation.TryMutate(content, other, random),
            FuzzForm.Png => PngMutation.TryMutate(content, random),
            _ => null,
        };
        return mutated ?? BytesMutation.Mutate(content, other, random);
    }
}
