import EmbeddedPostgres
import Foundation

/// nginx with Lua (Debian's packages) answering the same contract from a shared dictionary.
enum Nginx {
    static func start(key: String, numbers: Int, in folder: URL) async throws -> Server {
        guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx") else {
            throw BenchError("nginx is missing: apt-get install nginx libnginx-mod-http-lua lua-cjson")
        }
        let port = try FreePort.find()
        let home = folder.appending(path: "nginx")
        try FileManager.default.createDirectory(at: home.appending(path: "logs"), withIntermediateDirectories: true)
        let list = (0..<numbers).map { BenchHub.number($0) }.joined(separator: "\n")
        try Data(list.utf8).write(to: home.appending(path: "numbers.txt"))
        try Data(configuration(port: port, key: key, home: home.path()).utf8).write(to: home.appending(path: "nginx.conf"))
        return try Server(
            URL(filePath: "/usr/sbin/nginx"), ["-p", home.path(), "-c", "nginx.conf", "-e", "logs/error.log"], port: port,
            log: folder.appending(path: "nginx.log"))
    }

    private static func configuration(port: Int, key: String, home: String) -> String {
        """
        load_module /usr/lib/nginx/modules/ndk_http_module.so;
        load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
        daemon off;
        user root;
        worker_processes 1;
        worker_rlimit_nofile 20000;
        pid logs/nginx.pid;
        error_log logs/error.log error;
        events { worker_connections 4096; }
        http {
            access_log off;
            keepalive_requests 100000000;
            keepalive_timeout 600s;
            tcp_nodelay on;
            lua_shared_dict numbers 256m;
            init_by_lua_block {
                cjson = require "cjson.safe"
                local numbers = ngx.shared.numbers
                for number in io.lines("\(home)/numbers.txt") do numbers:safe_set(number, "+35893100502") end
            }
            server {
                listen 127.0.0.1:\(port) backlog=4096;
                client_body_buffer_size 64k;
                client_max_body_size 64k;
                location = /route {
                    content_by_lua_block {
                        if ngx.req.get_method() ~= "POST" then return ngx.exit(405) end
                        if ngx.var.http_x_benemen_apikey ~= "\(key)" then return ngx.exit(401) end
                        ngx.req.read_body()
                        local question = cjson.decode(ngx.req.get_body_data() or "")
                        if type(question) ~= "table" or type(question.anum) ~= "string" or type(question.bnum) ~= "string" then return ngx.exit(400) end
                        local target = ngx.shared.numbers:get(question.anum)
                        if not target or target == question.bnum then
                            ngx.status = 204
                            return
                        end
                        local body = cjson.encode({ InitialTarget = target })
                        ngx.header["Content-Type"] = "application/json"
                        ngx.header["Content-Length"] = #body
                        ngx.print(body)
                    }
                }
            }
        }
        """
    }
}
