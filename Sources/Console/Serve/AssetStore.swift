import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The style sheet, the script and the pictures that the program carries (`Assets`), each under an address that changes with its content.
struct AssetStore: Sendable {
    struct Asset: Sendable {
        let type: String
        let bytes: ByteBuffer
    }

    private let assets: [String: Asset]
    private let paths: [String: String]

    static let standard = AssetStore(EmbeddedAssets.files)

    init(_ files: [(name: String, text: String)]) {
        var assets: [String: Asset] = [:]
        var paths: [String: String] = [:]
        for (name, text) in files {
            let digest = SHA256.hash(data: Data(text.utf8)).prefix(8).map {
                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }
            let stem = name.prefix { $0 != "." }
            let address = "\(stem).\(digest.joined())\(name.dropFirst(stem.count))"
            assets[address] = Asset(type: Self.type(of: name), bytes: ByteBuffer(string: text))
            paths[name] = "/assets/\(address)"
        }
        self.assets = assets
        self.paths = paths
    }

    /// Where the file of that name is found.
    func path(_ name: String) -> String {
        guard let path = paths[name] else { preconditionFailure("there is no asset \(name)") }
        return path
    }

    func response(_ address: String) throws -> Response {
        guard let asset = assets[address] else { throw HTTPError(.notFound) }
        return Response(
            status: .ok,
            headers: [.contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable"],
            body: ResponseBody(byteBuffer: asset.bytes))
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
