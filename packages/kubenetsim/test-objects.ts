/** Objects that the tests of clusters with nodes n1 and n2 begin with: a client on n1, and a web server on n2 behind a Service. */
export const webAndClient = `apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, labels: {app: web}}
spec: {nodeName: n2, containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, clusterIP: 10.96.0.80, type: NodePort, ports: [{port: 80, nodePort: 30080}]}
`;
