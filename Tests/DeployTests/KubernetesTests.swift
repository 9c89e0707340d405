import Foundation
import TestSupport
import Testing

@Suite("Kubernetes manifests")
struct KubernetesTests {
    private static let programs: Set = ["call-sync", "user-sync", "callback-sync", "router", "console"]

    /// The findings of `deploy/check/manifests` on some manifests, by kind and name.
    private func findings(_ text: String, _ options: [String] = []) async throws -> (status: Int32, errors: [String: [String]]) {
        struct Line: Decodable {
            let kind: String
            let name: String
            let errors: [String]
        }
        let run = try await Tool.run(
            Source.tool("python"),
            [Source.file("deploy/check/manifests").path(), Source.file("deploy/kubernetes/schemas").path()] + options,
            input: text)
        let lines = try run.output.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        try #require(!lines.isEmpty, "\(run.errors)")
        return (run.status, Dictionary(uniqueKeysWithValues: lines.map { ("\($0.kind)/\($0.name)", $0.errors) }))
    }

    @Test("Every document fits the published schema of its kind", arguments: ["base", "example"])
    func schemas(folder: String) async throws {
        let manifests = try await (folder == "base" ? Manifests.base : Manifests.example).value
        let (status, errors) = try await findings(manifests.text)
        #expect(errors.count == manifests.documents.count)
        #expect(status == 0 && errors.filter { !$0.value.isEmpty }.isEmpty, "\(errors.filter { !$0.value.isEmpty })")
    }

    @Test(
        "A mistake is found, in Kubernetes' own kinds and in others",
        arguments: [
            ("readinessProbe:", "readynessProbe:", "Deployment/call-sync"),
            ("maxUnavailable: 1\n  selector", "maxUnavailable: [1]\n  selector", "PodDisruptionBudget/router"),
            ("targetQueryValue", "targetQueryVolume", "ScaledObject/call-sync"),
            ("instances: 3", "instances: three", "Cluster/trunkline-db"),
            ("alert: TrunklineProgramDown", "alarm: TrunklineProgramDown", "PrometheusRule/trunkline"),
        ])
    func mistakes(right: String, wrong: String, where place: String) async throws {
        let text = try await Manifests.example.value.text
        try #require(text.contains(right))
        let (status, errors) = try await findings(text.replacing(right, with: wrong))
        #expect(status == 1 && errors[place]?.isEmpty == false, "\(errors)")
    }

    @Test("A cluster's own definitions are asked as well, and refuse what they do not name")
    func definitions() async throws {
        let folder = try ScratchFolder()
        try folder.write(
            "podmonitors.yaml",
            """
            kind: CustomResourceDefinition
            spec:
              group: monitoring.coreos.com
              names: {kind: PodMonitor}
              versions:
                - name: v1
                  schema:
                    openAPIV3Schema:
                      type: object
                      properties:
                        apiVersion: {type: string}
                        kind: {type: string}
                        metadata: {type: object}
                        spec: {type: object, properties: {selector: {type: object}}}
            """)
        let text = try await Manifests.example.value.text
        let (status, errors) = try await findings(text, ["--definitions", folder.url.path()])
        #expect(status == 1)
        #expect(errors.filter { !$0.value.isEmpty }.keys.sorted() == ["PodMonitor/trunkline"])
        #expect(errors["PodMonitor/trunkline"]?.contains { $0.contains("'podMetricsEndpoints'") } == true)
    }

    @Test("The Prometheus operator gets the alert rules as Prometheus does; `UPDATE_DOCS=1 swift test` writes them")
    func alertRules() throws {
        let rules = try Source.text("deploy/monitoring/rules/trunkline.yml")
        let start = try #require(rules.firstRange(of: /(?m)^groups:/)).lowerBound
        let groups = rules[start...].split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
        let file = "deploy/kubernetes/components/monitoring/prometheus-rule.yaml"
        let page = try Source.text(file)
        let end = try #require(page.firstRange(of: /(?m)^spec:\n/)).upperBound
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try Data((page[..<end] + groups).utf8).write(to: Source.file(file))
        } else {
            #expect(page[end...] == groups)
        }
    }

    @Test("Two replicas of each program, with probes, and one of them at least stays through a disruption")
    func deployments() async throws {
        let manifests = try await Manifests.example.value
        #expect(Set(manifests.programs.map(\.metadata.name)) == Self.programs)
        for deployment in manifests.programs {
            let name = deployment.metadata.name
            let container = try #require(deployment.spec?.template?.spec.containers.first)
            #expect(deployment.spec?.replicas == 2 && container.args.first == name)
            #expect(container.livenessProbe?.httpGet.path == "/health/live", "\(name)")
            #expect(container.readinessProbe?.httpGet.path == "/health/ready", "\(name)")
            let budget = manifests.all("PodDisruptionBudget").first { $0.metadata.name == name }?.spec
            #expect(budget?.maxUnavailable == 1 && budget?.selector?.matchLabels == ["app.kubernetes.io/name": name])
            #expect(deployment.spec?.template?.metadata.labels["app.kubernetes.io/name"] == name)
        }
    }

    @Test("No pod runs as root, may become it, or writes to its own file system")
    func hardening() async throws {
        let manifests = try await Manifests.example.value
        for document in manifests.all("Deployment") + manifests.all("Job") {
            let name = document.metadata.name
            let pod = try #require(document.spec?.template?.spec)
            #expect(pod.securityContext.runAsNonRoot && pod.securityContext.runAsUser == 10001, "\(name)")
            #expect(pod.securityContext.seccompProfile.type == "RuntimeDefault" && pod.automountServiceAccountToken == false)
            for container in pod.containers {
                let security = container.securityContext
                #expect(security.readOnlyRootFilesystem && !security.allowPrivilegeEscalation, "\(name)")
                #expect(security.capabilities.drop == ["ALL"], "\(name)")
            }
        }
        #expect(try Source.text("deploy/container/Dockerfile").contains("\nUSER 10001:10001\n"))
    }

    @Test("Each variable sets something in its program, and no secret stands in one")
    func variables() async throws {
        let manifests = try await Manifests.base.value
        for document in manifests.all("Deployment") + manifests.all("Job") {
            let container = try #require(document.spec?.template?.spec.containers.first)
            let runsCommands = document.metadata.name == "trunkline-operator"
            let keys = try await ConfigurationKeys(of: runsCommands ? "trunkline" : container.args[0])
            #expect(try keys.unknown(container.env.map(\.name)) == [], "\(document.metadata.name)")
        }
        #expect(manifests.all("Secret").isEmpty)
    }

    @Test("Every Secret that is referred to is listed for the operator to make, and no other")
    func secrets() async throws {
        let manifests = try await Manifests.example.value
        var wanted: Set<String> = []
        for spec in manifests.documents.compactMap(\.spec) {
            wanted.formUnion(spec.template?.spec.volumes.compactMap { $0.secret?.secretName } ?? [])
            wanted.formUnion(spec.managed?.roles.map { $0.passwordSecret.name } ?? [])
            wanted.formUnion(spec.secretTargetRef?.map(\.name) ?? [])
            if let secret = spec.bootstrap?.initdb.secret.name { wanted.insert(secret) }
        }
        let page = try Source.text("deploy/kubernetes/README.md")
        let listed = Set(page.matches(of: /\n\| `(trunkline-[a-z-]+)` \|/).map { String($0.1) })
        #expect(listed == wanted)
    }

    @Test("What is scaled is there, and every label that a network policy names is some pod's")
    func references() async throws {
        let manifests = try await Manifests.example.value
        let deployments = Set(manifests.all("Deployment").map(\.metadata.name))
        for document in manifests.documents {
            if let target = document.spec?.scaleTargetRef { #expect(deployments.contains(target.name)) }
        }
        let labels = manifests.documents.compactMap { $0.spec?.template?.metadata.labels } + [["cnpg.io/cluster": "trunkline-db"]]
        #expect(manifests.all("Cluster").map(\.metadata.name) == ["trunkline-db"])
        for policy in manifests.all("NetworkPolicy") {
            for (key, value) in policy.spec?.podSelector?.matchLabels ?? [:] {
                #expect(labels.contains { $0[key] == value }, "\(policy.metadata.name): \(key)")
            }
        }
    }
}
