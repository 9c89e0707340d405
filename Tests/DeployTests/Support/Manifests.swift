import Foundation
import Yams

/// Kubernetes manifests as kustomize renders them.
struct Manifests: Sendable {
    /// The whole text, document after document.
    let text: String
    let documents: [Document]

    struct Document: Decodable, Sendable {
        let kind: String
        let metadata: Metadata
        let spec: Spec?
        let data: [String: String]?
    }

    struct Metadata: Decodable, Sendable {
        let name: String
        let namespace: String?
        let labels: [String: String]?
    }

    struct Spec: Decodable, Sendable {
        // A Deployment's or a Job's.
        let replicas: Int?
        let template: Template?
        // A PodDisruptionBudget's, a NetworkPolicy's.
        let selector: Selector?
        let podSelector: Selector?
        let maxUnavailable: Int?
        // A Cluster's of CloudNativePG.
        let bootstrap: Bootstrap?
        let managed: Managed?
        // A ScaledObject's, a HorizontalPodAutoscaler's.
        let scaleTargetRef: Named?
        let triggers: [Trigger]?
        let secretTargetRef: [SecretTarget]?
    }

    struct Template: Decodable, Sendable {
        let metadata: Labels
        let spec: Pod
    }

    struct Labels: Decodable, Sendable { let labels: [String: String] }

    struct Selector: Decodable, Sendable { let matchLabels: [String: String]? }

    struct Pod: Decodable, Sendable {
        let automountServiceAccountToken: Bool?
        let terminationGracePeriodSeconds: Int?
        let securityContext: PodSecurity
        let containers: [Container]
        let volumes: [Volume]
    }

    struct PodSecurity: Decodable, Sendable {
        let runAsNonRoot: Bool
        let runAsUser: Int
        let fsGroup: Int
        let seccompProfile: Profile
    }

    struct Profile: Decodable, Sendable { let type: String }

    struct Container: Decodable, Sendable {
        let image: String
        let args: [String]
        let env: [Variable]
        let securityContext: ContainerSecurity
        let livenessProbe: Probe?
        let readinessProbe: Probe?
        let volumeMounts: [Mount]
    }

    struct Variable: Decodable, Sendable {
        let name: String
        let value: String
    }

    struct ContainerSecurity: Decodable, Sendable {
        let allowPrivilegeEscalation: Bool
        let readOnlyRootFilesystem: Bool
        let capabilities: Capabilities
    }

    struct Capabilities: Decodable, Sendable { let drop: [String] }

    struct Probe: Decodable, Sendable { let httpGet: Page }

    struct Page: Decodable, Sendable { let path: String }

    struct Mount: Decodable, Sendable {
        let name: String
        let mountPath: String
    }

    struct Volume: Decodable, Sendable {
        let name: String
        let secret: SecretVolume?
        let configMap: Named?
    }

    struct SecretVolume: Decodable, Sendable { let secretName: String }

    struct Named: Decodable, Sendable { let name: String }

    struct Bootstrap: Decodable, Sendable { let initdb: Initdb }

    struct Initdb: Decodable, Sendable {
        let database: String
        let owner: String
        let secret: Named
        let postInitApplicationSQL: [String]
    }

    struct Managed: Decodable, Sendable { let roles: [Role] }

    struct Role: Decodable, Sendable {
        let name: String
        let inRoles: [String]
        let passwordSecret: Named
    }

    struct Trigger: Decodable, Sendable { let metadata: TriggerMetadata }

    struct TriggerMetadata: Decodable, Sendable {
        let userName: String
        let query: String
    }

    struct SecretTarget: Decodable, Sendable { let name: String }

    /// `deploy/kubernetes/base`, rendered once.
    static let base = Task { try await render("base") }
    /// `deploy/kubernetes/example`, rendered once.
    static let example = Task { try await render("example") }

    private static func render(_ folder: String) async throws -> Manifests {
        let text = try await Tool.output(
            Source.tool("kubectl"), ["kustomize", Source.file("deploy/kubernetes/\(folder)").path()])
        let decoder = YAMLDecoder()
        let documents = try compose_all(yaml: text).map { try decoder.decode(Document.self, from: try serialize(node: $0)) }
        return Manifests(text: text, documents: documents)
    }

    /// The Deployments of the programs; the operators' pod runs none.
    var programs: [Document] { all("Deployment").filter { $0.metadata.name != "trunkline-operator" } }

    func all(_ kind: String) -> [Document] { documents.filter { $0.kind == kind } }
}
