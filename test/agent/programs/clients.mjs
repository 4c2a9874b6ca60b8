// The clients as ES modules import them; the scenarios are in client-scenarios.mjs.
import * as http from 'node:http';
import { request as httpsRequest } from 'node:https';
import http2 from 'node:http2';
import axios from 'axios';
import got from 'got';
import fetchOfPackage from 'node-fetch';
import superagent from 'superagent';
import * as undici from 'undici';
import WebSocketOfPackage from 'ws';
import { runScenarios } from './client-scenarios.mjs';

await runScenarios({
  http,
  httpsRequest,
  http2,
  axios,
  got,
  fetchOfPackage,
  superagent,
  undici,
  WebSocketOfPackage,
});
