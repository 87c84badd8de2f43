using OffGridFlow.Engine.Proof;
using OffGridFlow.Engine.Tests.Support;

namespace OffGridFlow.Engine.Tests.Proof;

/// <summary>Roots and paths of the Certificate Transparency reference tree (RFC 6962, merkletree tests of google/certificate-transparency).</summary>
public sealed class MerkleTreeTests
{
    private static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_reference_tree_has_its_published_roots(int count, string root)
    {
        Assert.Equal(root, Convert.ToHexStringLower(MerkleTree.Root(Tree(Leaves[..count]))));
    }

    [Fact]
    public void The_reference_tree_has_its_published_path()
    {
        var path = MerkleTree.Path(Tree(Leaves), 0).Select(Convert.ToHexStringLower);

        Assert.Equal(
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
            path);
    }

    [Fact]
    public void Every_leafs_path_verifies_in_trees_of_every_shape()
    {
        for (var count = 1; count <= 70; count++)
        {
            var leaves = Random(count, seed: count);
            var root = MerkleTree.Root(leaves);
            for (var index = 0; index < count; index++)
            {
                var path = MerkleTree.Path(leaves, index);

                Assert.True(MerkleTree.Verify(leaves.AsSpan(index * MerkleTree.Size, MerkleTree.Size), index, count, path, root));
                Assert.False(MerkleTree.Verify(leaves.AsSpan(index * MerkleTree.Size, MerkleTree.Size), index, count + 1, [.. path, root], root));
                Assert.True(count == 1 || !MerkleTree.Verify(leaves.AsSpan(index * MerkleTree.Size, MerkleTree.Size), (index + 1) % count, count, path, root));
            }
        }
    }

    [Fact]
    public void One_flipped_bit_in_leaf_path_or_root_is_found()
    {
        const int Count = 13;
        var leaves = Random(Count, seed: 99);
        var root = MerkleTree.Root(leaves);
        for (var index = 0; index < Count; index++)
        {
            var leaf = leaves.AsSpan(index * MerkleTree.Size, MerkleTree.Size).ToArray();
            var path = MerkleTree.Path(leaves, index);
            foreach (var part in path.Append(leaf).Append(root))
            {
                for (var bit = 0; bit < MerkleTree.Size * 8; bit += 7)
                {
                    part[bit / 8] ^= (byte)(1 << (bit % 8));
                    Assert.False(MerkleTree.Verify(leaf, index, Count, path, root));
                    part[bit / 8] ^= (byte)(1 << (bit % 8));
                }
            }

            Assert.True(MerkleTree.Verify(leaf, index, Count, path, root));
        }
    }

    [Fact]
    public void A_leaf_is_no_node()
    {
        var two = Tree(["00", "01"]);

        Assert.NotEqual(MerkleTree.Root(two), MerkleTree.Leaf(two));
    }

    private static byte[] Tree(IEnumerable<string> contents) => contents.SelectMany(content => MerkleTree.Leaf(Convert.FromHexString(content))).ToArray();

    private static byte[] Random(int count, int seed)
    {
        var draw = new Draw(seed);
        return Enumerable.Range(0, count).SelectMany(_ => MerkleTree.Leaf(BitConverter.GetBytes(draw.Fraction(1)))).ToArray();
    }
}
