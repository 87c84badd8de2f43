namespace OffGridFlow.Platform.Files;

/// <summary>The store of raw files cannot be used: it does not answer, it refuses, or what it holds is not what was put there.</summary>
public sealed class FileStoreException(Problem problem, Exception? cause = null) : IOException($"{problem.Code}: {problem.Found}. {problem.Fix}", cause)
{
    public Problem Problem => problem;
}
