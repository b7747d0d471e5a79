import { clusterCa } from "../../cluster/nodeOwnership";

/** Two self-signed certificates, `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=a`. */
const certificates = {
  a: `-----BEGIN CERTIFICATE-----
MIIBbzCCARWgAwIBAgIUAholrTvXgMNxyVciSt0DHYy+lpUwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYTAgFw0yNjExMjYxODAzMTlaGA8yMTI2MTEwMjE4MDMxOVow
DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLAPLQh2VivD
C2gkXfqTYitD6lIhG/55ushPpmlkWNO/jQlECleKMgAyWRPO+HywtzN7pqQne++q
usMbpuAbDg+jUzBRMB0GA1UdDgQWBBTmlOYcxO6/Q0oxMW84TJi4i+q5YjAfBgNV
HSMEGDAWgBTmlOYcxO6/Q0oxMW84TJi4i+q5YjAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0gAMEUCIQCeqqlQ5krT9NpNgbFCGY8f9mMccrD+ynHNkYILOns8
KgIgbaoepamk/c8NcdGjD/3Itcidr6JGDKFjc4pSW2U+7cE=
-----END CERTIFICATE-----`,
  b: `-----BEGIN CERTIFICATE-----
MIIBbzCCARWgAwIBAgIUXoI17v4nDRC0AsuixPwT9ug0pSYwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBYjAgFw0yNjExMjYxODAzMTlaGA8yMTI2MTEwMjE4MDMxOVow
DDEKMAgGA1UEAwwBYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFR6eXogIhK3
u7d3l68bfR04cRgEcmlof5HZpIJs/di4MHubKzoq0Tjt7uknSwU0bjF3vIHv/zRN
V2t5SOu1lgejUzBRMB0GA1UdDgQWBBSNZhdQ8hX6F0GlegxyGSg0VPnmqzAfBgNV
HSMEGDAWgBSNZhdQ8hX6F0GlegxyGSg0VPnmqzAPBgNVHRMBAf8EBTADAQH/MAoG
CCqGSM49BAMCA0gAMEUCIQDQvCdbqwlB9f5T7MNB7HpzOOMnmBCmibF4uJi5edZT
2AIgPkxrFnpRXQGmtdY5CFgR6fjQE//bUhpGw5u7nGU3rIA=
-----END CERTIFICATE-----`,
};

/** As `openssl x509 -noout -fingerprint -sha256` prints them, without colons and in small letters. */
const fingerprints = {
  a: "fa946ecd7a7608a26eb718eed0660e123fc606ac884eef21e7a0abc1c03f24aa",
  b: "81ecb0cfe89acad59a6ae49d7148a5531e5073fc34517c9b591155118f830c96",
};

function kubeconfig(cluster: object, currentContext = "x"): string {
  return JSON.stringify({
    clusters: [
      { name: "other", cluster: { "certificate-authority-data": base64(certificates.b) } },
      { name: "c", cluster: { server: "https://10.0.0.1:6443", ...cluster } },
    ],
    contexts: [
      { name: "y", context: { cluster: "other" } },
      { name: "x", context: { cluster: "c" } },
    ],
    "current-context": currentContext,
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

test.each<[string, string, string[]]>([
  ["of the current cluster", kubeconfig({ "certificate-authority-data": base64(certificates.a) }), [fingerprints.a]],
  ["of another context", kubeconfig({ "certificate-authority-data": base64(certificates.a) }, "y"), [fingerprints.b]],
  ["where a file is named", kubeconfig({ "certificate-authority": "/etc/ca.pem" }), []],
  ["where there is no such context", kubeconfig({}, "z"), []],
  ["of what is no kubeconfig", "very-secret: [", []],
  ["of nothing", "", []],
])("clusterCa %s", (_what, text, expected) => {
  expect(clusterCa(text)).toEqual(expected);
});
