# Evaluated, but not built: see docs/packages.md.
{
  description = "Client ids, secrets and digests for OpenID Connect providers";

  inputs.nixpkgs.url = "nixpkgs";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      forEachSystem = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
    in
    {
      packages = forEachSystem (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "oidc-secret";
          version = (nixpkgs.lib.importTOML ./Cargo.toml).package.version;
          src = self;
          cargoLock.lockFile = ./Cargo.lock;
          # The tests compare with programs and libraries that are not in the sandbox.
          doCheck = false;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          postInstall = ''
            $out/bin/oidc-secret man --out $out/share/man
            installShellCompletion --cmd oidc-secret \
              --bash <($out/bin/oidc-secret completions bash) \
              --zsh <($out/bin/oidc-secret completions zsh) \
              --fish <($out/bin/oidc-secret completions fish)
          '';
          meta = {
            license = with nixpkgs.lib.licenses; [ mit asl20 ];
            mainProgram = "oidc-secret";
          };
        };
      });
    };
}
