using System.Text.Json;
using System.Text.RegularExpressions;
using OffGridFlow.App.Tests.Support;

namespace OffGridFlow.App.Tests.Security;

/// <summary>What the sources must not say, because no answer would show it: markup that is not encoded, commands built of text, weak cryptography, certificates that nobody looks at.</summary>
public sealed partial class SourceCodeTests
{
    private static readonly (string Path, string Text)[] Sources = Read("src", ".cs", ".razor");
    private static readonly (string Path, string Text)[] Scripts = Read("src/Web/wwwroot", ".js");

    /// <summary>Classes of cryptography, where they are used, and what docs/security/keys.md calls them.</summary>
    private static readonly Dictionary<string, (string? Only, string Called)> Cryptography = new(StringComparer.Ordinal)
    {
        ["AesGcm"] = ("src/Platform/Secrets/AesGcmBox.cs", "AES-256-GCM"),
        ["ECDsa"] = ("src/Organizations/Tokens/SigningKey.cs", "ES256"),
        ["HMACSHA1"] = ("src/Organizations/SignIn/Totp.cs", "HMAC-SHA1"),
        ["HMACSHA256"] = (null, "HMAC-SHA256"),
        ["IncrementalHash"] = (null, "SHA-256"),
        ["PasswordHasher"] = ("src/Organizations/Users/Passwords.cs", "PBKDF2 with HMAC-SHA512"),
        ["RandomNumberGenerator"] = (null, "the system's random numbers"),
        ["SHA1"] = ("src/Platform/Limits/RedisBuckets.cs", "Redis's name for a script"),
        ["SHA256"] = (null, "SHA-256"),
    };

    [Fact]
    public void no_page_writes_markup_that_is_not_encoded() => Assert.Empty(Found(Sources, @"MarkupString|AddMarkupContent|HtmlString|Html\.Raw|AppendHtml"));

    [Fact]
    public void scripts_insert_text_as_text_evaluate_nothing_and_keep_the_choice_of_colours_alone()
    {
        Assert.NotEmpty(Scripts);
        Assert.Empty(Found(Scripts, @"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(|new Function|setTimeout\(['""`]|setInterval\(['""`]|javascript:"));
        Assert.Empty(Found(Scripts, @"sessionStorage|indexedDB|document\.cookie|caches\.|postMessage"));
        Assert.Equal(["theme"], Scripts.SelectMany(script => Stored().Matches(script.Text).Select(match => match.Groups["name"].Value)).Distinct(StringComparer.Ordinal));
        Assert.Equal(Scripts.Sum(script => Regex.Count(script.Text, "localStorage", RegexOptions.None, TimeSpan.FromSeconds(1))), Scripts.Sum(script => Stored().Count(script.Text)));
    }

    [Fact]
    public void programs_are_started_with_lists_of_arguments_in_three_places()
    {
        Assert.Equal(
            ["src/Platform/Postgres/ServerAccount.cs", "src/Web/Cli/ServerCommands.cs", "src/Web/Cli/ServerRecord.cs"],
            Sources.Where(source => Starts().IsMatch(source.Text)).Select(source => source.Path));
        Assert.Empty(Found(Sources.Where(source => Starts().IsMatch(source.Text)), @"UseShellExecute = true|\bArguments = |Process\.Start\(""[^""]*"", (?!\[)"));
    }

    [Fact]
    public void cryptography_is_what_the_document_of_keys_lists_and_nothing_else()
    {
        var used = Sources.SelectMany(source => Primitive().Matches(Code(source.Text)).Select(match => (Name: match.Groups["name"].Value, source.Path))).Distinct().ToList();
        var inventory = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security", "keys.md"));

        Assert.Equal(Cryptography.Keys.Order(StringComparer.Ordinal), used.Select(one => one.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(used, one => Cryptography[one.Name].Only is { } only && one.Path != only);
        Assert.All(Cryptography.Values, one => Assert.Contains(one.Called, inventory, StringComparison.Ordinal));
        Assert.Empty(Found(Sources, @"HashAlgorithmName\.(?!SHA256)\w+|ECCurve\.NamedCurves\.(?!nistP256)\w+|SecurityAlgorithms\.(?!EcdsaSha256\b)\w+"));
    }

    [Fact]
    public void nothing_secret_comes_of_a_generator_that_can_be_guessed() =>
        Assert.Equal(["src/Activities/Connectors/FetchSource.cs", "src/Platform/Messaging/JobWorker.cs"], Sources.Where(source => Regex.IsMatch(Code(source.Text), @"\bnew Random\(|Random\.Shared|Guid\.NewGuid\(", RegexOptions.None, TimeSpan.FromSeconds(1))).Select(source => source.Path));

    [Fact]
    public void no_certificate_is_taken_unseen() => Assert.Empty(Found(Sources, @"CertificateValidationCallback|CertificateCustomValidationCallback|DangerousAccept|TrustServerCertificate|CheckCertificateRevocationList = false|RequireHttps = false"));

    [Fact]
    public void no_xml_is_read_with_a_document_type_and_nothing_is_deserialised_by_its_own_word()
    {
        Assert.Equal(
            Sources.Sum(source => Regex.Count(source.Text, @"XmlReader\.Create\(", RegexOptions.None, TimeSpan.FromSeconds(1))), Sources.Sum(source => Regex.Count(source.Text, "DtdProcessing = DtdProcessing.Prohibit", RegexOptions.None, TimeSpan.FromSeconds(1))));
        Assert.Empty(Found(Sources, @"XmlDocument|XmlTextReader|XDocument\.Load|XElement\.Load|XmlSerializer|BinaryFormatter|NetDataContractSerializer|TypeNameHandling|JsonPolymorphic|JsonDerivedType"));
    }

    [Fact]
    public void no_project_allows_unsafe_code_and_no_pattern_is_without_a_limit_of_time()
    {
        foreach (var file in Projects("*.csproj").Concat(Directory.GetFiles(Repository.Root, "Directory.*.props")))
        {
            Assert.DoesNotContain("AllowUnsafeBlocks", File.ReadAllText(file), StringComparison.Ordinal);
        }

        // What reads official publications, when the library of factors is built, sees nobody's input.
        Assert.Empty(Found(Sources.Where(source => !source.Path.StartsWith("src/Factors/Publications/", StringComparison.Ordinal)), @"\[GeneratedRegex\((?![^\n]*(?:\b\d+\)|matchTimeoutMilliseconds: \d+\))\])|new Regex\("));
    }

    [Fact]
    public void formats_are_compiled_with_the_program() =>
        Assert.Equal(["src/Ledger/Entries/EntriesQuestion.cs"], Sources.Where(source => Regex.IsMatch(source.Text, @"string\.Format\(|AppendFormat\(|CompositeFormat", RegexOptions.None, TimeSpan.FromSeconds(1))).Select(source => source.Path)); // Conditions of a table of its own.

    [Fact]
    public void every_component_is_locked_with_its_hash()
    {
        var projects = Projects("*.csproj");
        Assert.NotEmpty(projects);
        foreach (var project in projects)
        {
            using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")));
            Assert.All(
                locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()).Where(one => one.Value.GetProperty("type").GetString() != "Project"),
                one => Assert.Equal(88, one.Value.GetProperty("contentHash").GetString()!.Length)); // SHA-512.
        }

        using var scripts = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Web", "package-lock.json")));
        Assert.All(
            scripts.RootElement.GetProperty("packages").EnumerateObject().Where(one => one.Name.Length > 0),
            one => Assert.StartsWith("sha512-", one.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void fields_of_passwords_are_masked_and_known_to_password_managers()
    {
        var fields = Sources.Where(source => source.Path.EndsWith(".razor", StringComparison.Ordinal)).SelectMany(source => Field().Matches(source.Text).Select(match => match.Value))
            .Where(field => field.Contains("password", StringComparison.Ordinal) && !field.Contains("type=\"hidden\"", StringComparison.Ordinal)).ToList();

        Assert.True(fields.Count >= 8, $"{fields.Count}");
        Assert.All(fields.Where(field => !field.Contains("passkey-name", StringComparison.Ordinal)), field =>
        {
            Assert.Contains("type=\"password\"", field, StringComparison.Ordinal);
            Assert.Matches("autocomplete=\"(current|new)-password\"", field);
            Assert.DoesNotMatch("onpaste|readonly|oncopy|oncontextmenu", field);
        });
        Assert.Empty(Found(Scripts, @"'paste'|""paste""|onpaste"));
    }

    [Theory]
    [InlineData("var x = MD5.HashData(y);", "MD5")]
    [InlineData("using var aes = Aes.Create();", "Aes")]
    [InlineData("new HMACSHA512(key)", "HMACSHA512")]
    [InlineData("Rfc2898DeriveBytes.Pbkdf2(", "Rfc2898DeriveBytes")]
    [InlineData("RSA.Create(1024)", "RSA")]
    public void one_that_is_planted_is_found(string source, string name) => Assert.Equal(name, Primitive().Match(Code(source)).Groups["name"].Value);

    private static (string, string)[] Read(string folder, params string[] endings) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.*", SearchOption.AllDirectories)
            .Where(path => endings.Contains(Path.GetExtension(path), StringComparer.Ordinal) && !path[Repository.Root.Length..].Split('/').Any(step => step is "obj" or "bin" or "node_modules" or "lib"))
            .Select(path => (Path.GetRelativePath(Repository.Root, path), File.ReadAllText(path))).OrderBy(source => source.Item1, StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Found(IEnumerable<(string Path, string Text)> sources, string pattern) =>
        sources.SelectMany(source => Regex.Matches(Code(source.Text), pattern, RegexOptions.None, TimeSpan.FromSeconds(2)).Select(match => $"{source.Path}: {match.Value}"));

    private static string[] Projects(string pattern) => [.. new[] { "src", "tests", "bench" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)).Where(path => !path.Contains("/obj/", StringComparison.Ordinal))];

    // Without comments: they may name what is not done.
    private static string Code(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline, 2000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?:(?<=Cryptography\.)|(?<![\w.""-]))(?<name>AesGcm|AesCcm|Aes|ChaCha20Poly1305|DES|TripleDES|RC2|RijndaelManaged|MD5|SHA1|SHA256|SHA384|SHA512|SHA3_\d+|Shake\d+|HMACMD5|HMACSHA1|HMACSHA256|HMACSHA384|HMACSHA512|IncrementalHash|HKDF|Rfc2898DeriveBytes|PasswordHasher|KeyDerivation|ECDsa|ECDiffieHellman|RSA|DSA|RandomNumberGenerator)(?=[.(<]|\s+\w)", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Primitive();

    [GeneratedRegex(@"localStorage\.\w+\('(?<name>[^']*)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Stored();

    [GeneratedRegex(@"ProcessStartInfo|Process\.Start\(", RegexOptions.None, 1000)]
    private static partial Regex Starts();

    [GeneratedRegex("<input [^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Field();
}
